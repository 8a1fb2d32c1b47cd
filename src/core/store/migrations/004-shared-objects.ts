/** Format 4: an object that several datasets bring belongs to each import of them, and goes only with the last. */
import type { Migration } from '../migrate.ts'

const SHARED = `
  CREATE TABLE shared_objects (
    image_id INTEGER NOT NULL REFERENCES images (id),
    fingerprint TEXT NOT NULL, -- of label and geometry as imported
    annotation_id TEXT NOT NULL,
    import_id INTEGER NOT NULL REFERENCES imports (id),
    PRIMARY KEY (image_id, fingerprint, annotation_id, import_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO shared_objects (image_id, fingerprint, annotation_id, import_id)
    SELECT image_id, fingerprint, annotation_id, import_id FROM import_objects;
  DROP TABLE import_objects;
  ALTER TABLE shared_objects RENAME TO import_objects;`

export const sharedObjects: Migration = {
  version: 4,
  up(connection) {
    connection.execute(SHARED)
  },
}
