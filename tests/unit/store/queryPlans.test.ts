import { beforeEach, describe, expect, it } from 'vitest'
import { openConnection } from '../../../src/core/store/open.ts'
import { projectOf } from '../../../src/core/store/project.ts'
import { projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()
/** Every statement of a project, with SQLite's plan for it. */
const plans = new Map<string, string>()

beforeEach(async () => {
  const connection = folder.closing(await openConnection(folder.file(), { create: true }))
  const prepare = connection.prepare.bind(connection)
  plans.clear()
  connection.prepare = (sql) => {
    const values = Array<null>(sql.split('?').length - 1).fill(null)
    const plan = prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
    plans.set(sql.replaceAll(/\s+/g, ' '), plan.map(({ detail }) => detail).join('; '))
    return prepare(sql)
  }
  projectOf(connection)
})

/** The plan of the one statement that has this text in it. */
function planOf(text: string): string {
  const found = [...plans].filter(([sql]) => sql.includes(text))
  expect(found.map(([sql]) => sql), text).toHaveLength(1)
  return found[0]![1]
}

describe('query plans', () => {
  it.each([
    ['FROM images i WHERE source_id = ? AND path = ?', 'images_path (source_id=? AND path=?)'],
    ['FROM images i WHERE source_id = ? AND path_key = ?', 'images_path_key (source_id=? AND path_key=?)'],
    ['FROM images i WHERE removed = 0 AND id > ?', 'images_removed (removed=? AND rowid>?)'],
    ['FROM images i WHERE removed = 0 ORDER BY id LIMIT', 'images_removed (removed=?)'],
    ['FROM images i WHERE removed = 0 ORDER BY id LIMIT', 'annotations_image (image_id=? AND state=?)'],
    ['count FROM images WHERE removed = 0 AND id >= ?', 'COVERING INDEX images_removed (removed=? AND rowid>? AND rowid<?)'],
    ['FROM annotations WHERE image_id = ? ORDER BY z', 'annotations_image (image_id=?)'],
    ['id FROM annotations WHERE id = ?', 'sqlite_autoindex_annotations_1 (id=?)'],
    ['UPDATE annotations', 'sqlite_autoindex_annotations_1 (id=?)'],
    ['DELETE FROM annotations', 'sqlite_autoindex_annotations_1 (id=?)'],
    ['SELECT DISTINCT image_id AS id FROM annotations WHERE image_id > ?', 'annotations_image (image_id>?)'],
    ['FROM annotations WHERE label_id = ?', 'annotations_label (label_id=?)'],
    ['GROUP BY label_id', 'COVERING INDEX annotations_label'],
    ['GROUP BY status', 'COVERING INDEX images_status'],
    [`state = 'pending' ORDER BY image_id LIMIT 1`, 'run_items_state (run_id=? AND state=?)'],
    [`state IN ('pending', 'running') LIMIT 1`, 'run_items_state (run_id=? AND state=?)'],
    ['FROM run_items WHERE run_id = ? GROUP BY state', 'run_items_state (run_id=?)'],
    ['FROM run_items WHERE image_id = i.id', 'COVERING INDEX run_items_image (image_id=? AND state=?)'],
    ['FROM runs WHERE recipe_hash = ?', 'runs_recipe (recipe_hash=?)'],
    ['FROM replies WHERE', 'replies_question (image_hash=? AND model_hash=? AND prompt_hash=?)'],
    [`WHERE a.image_id = ? AND a.state = 'proposed'`, 'annotations_image (image_id=? AND state=?)'],
    ['FROM provenance p JOIN annotations', 'provenance_run (run_id=?)'],
    ['FROM provenance p JOIN annotations', 'annotations_provenance (provenance_id=?)'],
    ['GROUP BY fingerprint, annotation_id', 'PRIMARY KEY (image_id=?)'],
    ['FROM import_objects WHERE image_id = ? AND import_id <> ?', 'PRIMARY KEY (image_id=?)'],
    ['FROM import_images WHERE image_id = ?', 'PRIMARY KEY (image_id=?)'],
    ['FROM import_images WHERE import_id = ?', 'import_images_import (import_id=?)'],
    ['FROM edits WHERE image_id = ? ORDER BY revision DESC LIMIT 1', 'edits_image (image_id=?)'],
  ])('%s uses %s', (statement, index) => {
    expect(planOf(statement)).toContain(index)
  })

  it('go through a whole table only where all of it is wanted, or the newest row', () => {
    const scanning = [...plans].filter(([, plan]) => /\bSCAN\b/.test(plan)).map(([sql]) => sql)
    const meant = [
      /^SELECT id, hash FROM edits ORDER BY id DESC LIMIT 1$/,
      /^SELECT id FROM images WHERE revision <> /,
      /^SELECT count\(\*\) AS count FROM annotations$/,
      /^SELECT status, count\(\*\) /,
      /^SELECT label_id AS id, count\(\*\) /,
      / FROM images i ORDER BY id LIMIT \? OFFSET \?$/,
      / FROM (runs|sources|imports) ORDER BY id$/,
      / FROM imports WHERE state (<> 'undone'|= 'open' .*) ORDER BY id DESC LIMIT 1$/,
      / FROM labels LEFT JOIN annotations .* GROUP BY labels.id /,
      /^SELECT split FROM import_images /,
      /^SELECT DISTINCT substr\(fingerprint, \?\) AS end FROM import_objects /,
      / FROM labels ORDER BY sort, id$/,
      / FROM settings ORDER BY key$/,
    ]
    expect(scanning.filter((sql) => !meant.some((pattern) => pattern.test(sql)))).toEqual([])
    expect(plans.size).toBeGreaterThan(40)
  })
})
