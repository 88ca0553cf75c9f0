-- The items' pictures: each content once, and which item shows which.
CREATE TABLE images (
    digest         text        PRIMARY KEY,                 -- SHA-256 of the content, in hexadecimal
    content        bytea       NOT NULL,
    media_type     text        NOT NULL,                    -- by its content, whatever Zoho called it
    bytes          integer     NOT NULL,
    width          integer,                                 -- null: webp, or nobody could read it
    height         integer,
    thumbnail      bytea,                                   -- null: the picture is small enough, or none could be made
    thumbnail_type text,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE images ALTER content SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL;   -- they are packed already

CREATE TABLE item_images (
    org_id       text        NOT NULL,
    zoho_item_id text        NOT NULL,
    wanted_key   text        NOT NULL,                      -- image_document_id and image_name as the product's row has them
    image_key    text,                                      -- those for which Zoho was last asked; null: it was not yet
    digest       text        REFERENCES images (digest),    -- null: not fetched yet, refused, or Zoho has none
    error        text,                                      -- why it was refused, or could not be fetched
    fetched_at   timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,            -- in vain, for wanted_key
    next_at      timestamptz NOT NULL DEFAULT '-infinity',  -- until then it is somebody's, or not tried again
    PRIMARY KEY (org_id, zoho_item_id),
    FOREIGN KEY (org_id, zoho_item_id) REFERENCES products (org_id, zoho_item_id) ON DELETE CASCADE
);
CREATE INDEX item_images_lacking ON item_images (org_id, next_at, zoho_item_id) WHERE image_key IS DISTINCT FROM wanted_key;
CREATE INDEX item_images_of_a_picture ON item_images (digest);

-- An organisation for which no picture can be fetched, whichever it is: a scope is missing, the connection is refused.
CREATE TABLE image_pauses (
    org_id   text        PRIMARY KEY,
    error    text        NOT NULL,
    failures integer     NOT NULL DEFAULT 1,                -- one after the other
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at  timestamptz NOT NULL
);

-- By what a picture is known: null where an item has none, or is deleted.
CREATE FUNCTION wanted_image(p_image_name text, p_source jsonb, p_deleted_at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_deleted_at IS NULL
                THEN NULLIF(concat(p_source ->> 'image_document_id', '/', p_image_name), '/') END
$$;

-- Which pictures are wanted follows the products' rows in the same transaction, whoever writes them. As its owner: who may
-- correct a row by hand need not be able to write here.
CREATE FUNCTION images_follow_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    v_gone record;
BEGIN
    -- no statement joins item_images: on a first run a plan made for the empty table would read all of it for each page
    IF TG_OP = 'INSERT' THEN
        INSERT INTO item_images AS i (org_id, zoho_item_id, wanted_key)
        SELECT n.org_id, n.zoho_item_id, w.key
          FROM new_rows n CROSS JOIN LATERAL (SELECT wanted_image(n.image_name, n.source, n.deleted_at) AS key) w
         WHERE w.key IS NOT NULL AND n.zoho_item_id ~ '^[0-9A-Za-z_-]{1,64}$'
         ORDER BY n.org_id, n.zoho_item_id
            ON CONFLICT (org_id, zoho_item_id) DO NOTHING;
    ELSE
        INSERT INTO item_images AS i (org_id, zoho_item_id, wanted_key)
        SELECT n.org_id, n.zoho_item_id, wanted_image(n.image_name, n.source, n.deleted_at)
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE wanted_image(n.image_name, n.source, n.deleted_at) <> coalesce(wanted_image(o.image_name, o.source, o.deleted_at), '')
           AND n.zoho_item_id ~ '^[0-9A-Za-z_-]{1,64}$'
         ORDER BY n.org_id, n.zoho_item_id
            ON CONFLICT (org_id, zoho_item_id) DO UPDATE
           SET wanted_key = EXCLUDED.wanted_key, attempts = 0, next_at = '-infinity';
        FOR v_gone IN SELECT n.org_id, n.zoho_item_id FROM new_rows n JOIN old_rows o ON o.id = n.id
                       WHERE wanted_image(n.image_name, n.source, n.deleted_at) IS NULL
                         AND wanted_image(o.image_name, o.source, o.deleted_at) IS NOT NULL
                       ORDER BY n.org_id, n.zoho_item_id
        LOOP
            DELETE FROM item_images WHERE org_id = v_gone.org_id AND zoho_item_id = v_gone.zoho_item_id;
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER images_follow_new_products AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION images_follow_products();
CREATE TRIGGER images_follow_products AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION images_follow_products();

INSERT INTO item_images (org_id, zoho_item_id, wanted_key)
SELECT p.org_id, p.zoho_item_id, wanted_image(p.image_name, p.source, p.deleted_at)
  FROM products p
 WHERE p.zoho_item_id ~ '^[0-9A-Za-z_-]{1,64}$' AND wanted_image(p.image_name, p.source, p.deleted_at) IS NOT NULL;

-- Keeps what Zoho answered for a key. A content that is here already is not stored twice; the lock keeps drop_unused_images
-- from taking it away just now.
CREATE FUNCTION store_image(p_org text, p_item text, p_key text, p_digest text, p_content bytea, p_media_type text,
                            p_width integer, p_height integer, p_thumbnail bytea, p_thumbnail_type text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('images', 0));
    INSERT INTO images (digest, content, media_type, bytes, width, height, thumbnail, thumbnail_type)
    VALUES (p_digest, p_content, p_media_type, octet_length(p_content), p_width, p_height, p_thumbnail, p_thumbnail_type)
        ON CONFLICT (digest) DO NOTHING;
    UPDATE item_images
       SET image_key = p_key, digest = p_digest, error = NULL, attempts = 0, next_at = '-infinity', fetched_at = clock_timestamp()
     WHERE org_id = p_org AND zoho_item_id = p_item;
    DELETE FROM image_pauses WHERE org_id = p_org;
END
$$;

CREATE FUNCTION drop_unused_images() RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('images', 0));
    DELETE FROM images m WHERE NOT EXISTS (SELECT 1 FROM item_images i WHERE i.digest = m.digest);
END
$$;

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON images, item_images TO saddlebag_reader;
    END IF;
END
$$;
