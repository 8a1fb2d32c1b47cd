/** Format 7: what a dataset calls an image, where that is only the end of the path it lies at. */
import type { Migration } from '../migrate.ts'

export const namesOfImages: Migration = {
  version: 7,
  up(connection) {
    connection.execute('ALTER TABLE import_images ADD COLUMN name TEXT')
  },
}
