/** Format 6: an image can be removed from the project and stays removed, whatever a later scan of its folder finds. */
import type { Migration } from '../migrate.ts'

export const removedImages: Migration = {
  version: 6,
  up(connection) {
    connection.execute(`
      ALTER TABLE images ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1));
      CREATE INDEX images_removed ON images (removed);
      DROP INDEX images_status;
      CREATE INDEX images_status ON images (removed, status);`)
  },
}
