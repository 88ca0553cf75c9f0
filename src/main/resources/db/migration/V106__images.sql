CREATE TABLE images (
    digest         text        PRIMARY KEY,
    content        bytea       NOT NULL,
    media_type     text        NOT NULL,
    bytes          integer     NOT NULL,
    width          integer,
    height         integer,
    thumbnail      bytea,
    thumbnail_type text,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE images IS 'The items'' pictures: each content is stored once.';
COMMENT ON COLUMN images.digest IS 'SHA-256 of the content, in hexadecimal';
COMMENT ON COLUMN images.media_type IS 'found from the content, whatever Zoho called it';
COMMENT ON COLUMN images.width IS 'null: webp, or unreadable';
COMMENT ON COLUMN images.thumbnail IS 'null: the picture is small enough, or none could be made';
ALTER TABLE images ALTER content SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL;   -- pictures are compressed already

CREATE TABLE item_images (
    org_id       text        NOT NULL,
    zoho_item_id text        NOT NULL,
    wanted_key   text        NOT NULL,
    image_key    text,
    digest       text        REFERENCES images (digest),
    error        text,
    fetched_at   timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (org_id, zoho_item_id),
    FOREIGN KEY (org_id, zoho_item_id) REFERENCES products (org_id, zoho_item_id) ON DELETE CASCADE
);
COMMENT ON TABLE item_images IS 'Which item shows which picture.';
COMMENT ON COLUMN item_images.wanted_key IS 'image_document_id and image_name, as the product''s row has them';
COMMENT ON COLUMN item_images.image_key IS 'those for which Zoho was last asked; null: not asked yet';
COMMENT ON COLUMN item_images.digest IS 'null: not fetched yet, refused, or Zoho has none';
COMMENT ON COLUMN item_images.error IS 'why it was refused, or could not be fetched';
COMMENT ON COLUMN item_images.attempts IS 'failed attempts for wanted_key';
COMMENT ON COLUMN item_images.next_at IS 'until then another process has it, or it is not tried again';
CREATE INDEX item_images_lacking ON item_images (org_id, next_at, zoho_item_id) WHERE image_key IS DISTINCT FROM wanted_key;
CREATE INDEX item_images_of_a_picture ON item_images (digest);

CREATE TABLE image_pauses (
    org_id   text        PRIMARY KEY,
    error    text        NOT NULL,
    failures integer     NOT NULL DEFAULT 1,
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at  timestamptz NOT NULL
);
COMMENT ON TABLE image_pauses IS 'Organisations for which no picture can be fetched: a scope is missing, or the connection is refused.';
COMMENT ON COLUMN image_pauses.failures IS 'consecutive';
