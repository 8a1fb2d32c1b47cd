/** Format 3: what came in from files of other tools, so that it can be told, recognised and taken back. */
import type { Migration } from '../migrate.ts'

const IMPORTS = `
  CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    format TEXT NOT NULL,
    place TEXT NOT NULL, -- the file or folder that was read
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'undone')),
    labels TEXT NOT NULL DEFAULT '[]', -- JSON, ids of the labels it brought
    source TEXT -- JSON, what the dataset says about itself
  ) STRICT;

  CREATE TABLE import_images (
    import_id INTEGER NOT NULL REFERENCES imports (id),
    image_id INTEGER NOT NULL REFERENCES images (id),
    split TEXT,
    source TEXT, -- JSON, what the dataset says about the image
    PRIMARY KEY (image_id, import_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX import_images_import ON import_images (import_id, image_id);

  CREATE TABLE import_objects (
    image_id INTEGER NOT NULL REFERENCES images (id),
    fingerprint TEXT NOT NULL, -- of label and geometry as imported
    annotation_id TEXT NOT NULL,
    import_id INTEGER NOT NULL REFERENCES imports (id),
    PRIMARY KEY (image_id, fingerprint, annotation_id)
  ) STRICT, WITHOUT ROWID;`

export const imports: Migration = {
  version: 3,
  up(connection) {
    connection.execute(IMPORTS)
  },
}
