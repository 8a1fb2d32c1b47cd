import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openProject } from '../../../src/core/store/project.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()

/** A project with three edits, two of image 1 and one of image 2. */
async function edited() {
  const project = await folder.create()
  const { ids } = fill(project, 2)
  const add = (n: number, imageId = ids[0]!, baseRevision = 0) =>
    project.annotations.apply({
      imageId,
      baseRevision,
      changes: { ...EMPTY_CHANGES, added: [annotation(n, { imageId })] },
      actor: 'anna',
      reason: `edit ${String(n)}`,
    })
  add(1)
  add(2, ids[0], 1)
  add(3, ids[1])
  return { project, ids }
}

/** Does to the file what the triggers forbid. */
function tamper(file: string, sql: string): void {
  const db = new Database(file)
  db.exec(`DROP TRIGGER edits_stay; DROP TRIGGER edits_remain; ${sql}`)
  db.close()
}

describe('the log of edits', () => {
  it('says who did what, when and why, and that nobody touched it', async () => {
    const { project, ids } = await edited()
    const [first, second] = project.log.ofImage(ids[0]!)
    expect(first).toMatchObject({ id: 1, actor: 'anna', reason: 'edit 1', imageId: 1, revision: 1 })
    expect(second).toMatchObject({ id: 2, revision: 2, changes: { ...EMPTY_CHANGES, added: [annotation(2)] } })
    expect(new Date(first!.at).toISOString()).toBe(first!.at)
    expect([...project.log.iterate()].map(({ id }) => id)).toEqual([1, 2, 3])
    expect(project.log.verify()).toEqual({ ok: true, edits: 3 })
  })

  it('can not be changed or shortened by a statement', async () => {
    const { project } = await edited()
    const db = folder.closing(new Database(project.file))
    expect(() => db.exec(`UPDATE edits SET actor = 'eve' WHERE id = 1`)).toThrow('never changed')
    expect(() => db.exec('DELETE FROM edits')).toThrow('never removed')
    expect(project.log.verify()).toEqual({ ok: true, edits: 3 })
  })

  it.each([
    ['another actor', `UPDATE edits SET actor = 'eve' WHERE id = 2`, 'Edit 2 is not'],
    ['another reason', `UPDATE edits SET reason = 'none' WHERE id = 1`, 'Edit 1 is not'],
    ['another time', `UPDATE edits SET at = '2020-01-01T00:00:00.000Z' WHERE id = 3`, 'Edit 3 is not'],
    ['other content', `UPDATE edits SET changes = replace(changes, '"z":2', '"z":3') WHERE id = 2`, 'Edit 2 is not'],
    ['another image', 'UPDATE edits SET image_id = 2, revision = 9 WHERE id = 1', 'Edit 1 is not'],
    ['a hash made up', `UPDATE edits SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE id = 1`, 'Edit 1 is not'],
    ['an edit taken out of the middle', 'DELETE FROM edits WHERE id = 2', 'Edit 2 is missing'],
    ['the first edit taken out', 'DELETE FROM edits WHERE id = 1', 'Edit 1 is missing'],
    ['the last edit taken out', 'DELETE FROM edits WHERE id = 3', 'Edits of image 2 are missing'],
    ['the gap closed up', 'DELETE FROM edits WHERE id = 2; UPDATE edits SET id = 2 WHERE id = 3', 'Edit 2 is not'],
  ])('shows %s', async (_, sql, problem) => {
    const { project } = await edited()
    const { file } = project
    project.close()
    tamper(file, sql)
    const again = folder.closing(await openProject(file))
    expect(again.log.verify()).toEqual({ ok: false, problem: expect.stringContaining(problem) as string })
  })
})
