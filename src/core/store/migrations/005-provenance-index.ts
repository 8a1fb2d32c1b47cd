/** Format 5: objects that no run made, all that an import brings, take no room in the index by provenance. */
import type { Migration } from '../migrate.ts'

export const provenanceIndex: Migration = {
  version: 5,
  up(connection) {
    connection.execute(`
      DROP INDEX annotations_provenance;
      CREATE INDEX annotations_provenance ON annotations (provenance_id) WHERE provenance_id IS NOT NULL;`)
  },
}
