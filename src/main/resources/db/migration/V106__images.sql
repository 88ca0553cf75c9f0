-- The items' pictures: each content is stored once.
CREATE TABLE images (
    digest         text        PRIMARY KEY,                 -- SHA-256 of the content, in hexadecimal
    content        bytea       NOT NULL,
    media_type     text        NOT NULL,                    -- found from the content, whatever Zoho called it
    bytes          integer     NOT NULL,
    width          integer,                                 -- null: webp, or unreadable
    height         integer,
    thumbnail      bytea,                                   -- null: the picture is small enough, or none could be made
    thumbnail_type text,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE images ALTER content SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL;   -- pictures are compressed already

-- Which item shows which picture.
CREATE TABLE item_images (
    org_id       text        NOT NULL,
    zoho_item_id text        NOT NULL,
    wanted_key   text        NOT NULL,                      -- image_document_id and image_name, as the product's row has them
    image_key    text,                                      -- those for which Zoho was last asked; null: not asked yet
    digest       text        REFERENCES images (digest),    -- null: not fetched yet, refused, or Zoho has none
    error        text,                                      -- why it was refused, or could not be fetched
    fetched_at   timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,            -- failed attempts for wanted_key
    next_at      timestamptz NOT NULL DEFAULT '-infinity',  -- until then another process has it, or it is not tried again
    PRIMARY KEY (org_id, zoho_item_id),
    FOREIGN KEY (org_id, zoho_item_id) REFERENCES products (org_id, zoho_item_id) ON DELETE CASCADE
);
CREATE INDEX item_images_lacking ON item_images (org_id, next_at, zoho_item_id) WHERE image_key IS DISTINCT FROM wanted_key;
CREATE INDEX item_images_of_a_picture ON item_images (digest);

-- Organisations for which no picture can be fetched: a scope is missing, or the connection is refused.
CREATE TABLE image_pauses (
    org_id   text        PRIMARY KEY,
    error    text        NOT NULL,
    failures integer     NOT NULL DEFAULT 1,                -- consecutive
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at  timestamptz NOT NULL
);
