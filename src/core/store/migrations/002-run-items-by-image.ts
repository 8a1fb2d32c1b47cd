/** Format 2: whether a run has looked at an image is found without going through all runs. */
import type { Migration } from '../migrate.ts'

export const runItemsByImage: Migration = {
  version: 2,
  up(connection) {
    connection.execute('CREATE INDEX run_items_image ON run_items (image_id, state);')
  },
}
