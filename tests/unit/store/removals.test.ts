import { describe, expect, it } from 'vitest'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder, RECIPE, scanned } from '../../helpers/projects.ts'

const folder = projectFolder()
const NO_FILTER = { words: [], labels: [], score: null, state: null }

function draw(project: Project, imageId: ImageId, n: number): void {
  const { revision } = project.annotations.load(imageId)
  const added = [{ ...annotation(n), imageId }]
  project.annotations.apply({ imageId, baseRevision: revision, changes: { ...EMPTY_CHANGES, added }, actor: 'a', reason: 'r' })
}

/** Three images, two objects on the second. */
async function drawn() {
  const project = await folder.create()
  const { ids, sourceId, labelId } = fill(project, 3)
  draw(project, ids[1]!, 1)
  draw(project, ids[1]!, 2)
  return { project, ids, sourceId, labelId, second: ids[1]! }
}

describe('an image that was removed', () => {
  it('is in no list and no count, nor are its objects, and the others close up', async () => {
    const { project, ids, second } = await drawn()
    expect(project.removals.objectsOf(ids)).toBe(2)
    expect(project.removals.remove([second, second], 'person')).toEqual([second])
    const left = [ids[0], ids[2]]
    expect([...project.images.iterate()].map(({ id }) => id)).toEqual(left)
    expect(project.images.page(0, 9).map(({ id, index }) => [id, index])).toEqual([[ids[0], 0], [ids[2], 1]])
    expect(project.search.page(NO_FILTER, 0, 9)).toMatchObject({ total: 2, rows: [{ id: ids[0] }, { id: ids[2], index: 1 }] })
    expect(project.search.page({ ...NO_FILTER, words: ['png'] }, 0, 9).rows.map(({ index }) => index)).toEqual([0, 1])
    expect(project.search.beside(NO_FILTER, ids[0]!, 1)).toMatchObject({ id: ids[2], index: 1 })
    expect(project.search.row(second)).toBeUndefined()
    expect([project.images.count(), project.images.countsByStatus().ok, project.annotations.count(), project.removals.count()]).toEqual([2, 2, 0, 1])
    expect(project.removals.list()).toEqual([second])
    expect([...project.annotations.iterate()]).toEqual([])
    expect(project.log.verify()).toMatchObject({ ok: true })
  })

  it('stays removed when its folder is scanned again', async () => {
    const { project, ids, sourceId, second } = await drawn()
    project.removals.remove([second], 'person')
    expect(project.images.upsert(sourceId, [scanned('1.png'), scanned('2.png')])).toEqual({ ids: [ids[2]], added: 0, removed: [second] })
    expect(project.images.count()).toBe(2)
  })

  it('takes no objects, and no run goes on with it', async () => {
    const { project, ids, second } = await drawn()
    const run = project.runs.start(RECIPE, ids)
    project.removals.remove([second], 'person')
    expect(() => draw(project, second, 3)).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(project.runs.progress(run.id)).toMatchObject({ pending: 2, total: 2 })
  })

  it('comes back with the objects it had, as often as one likes', async () => {
    const { project, second } = await drawn()
    const before = project.annotations.load(second).annotations
    for (let round = 0; round < 2; round++) {
      project.removals.remove([second], 'person')
      expect(project.removals.restore(project.removals.list(), 'person')).toEqual([second])
      expect(project.annotations.load(second).annotations).toEqual(before)
      expect(project.removals.restore([second], 'person')).toEqual([])
    }
    expect(project.log.ofImage(second).map(({ reason }) => reason).slice(-2)).toEqual(['image removed', 'image restored'])
    expect(project.log.verify()).toMatchObject({ ok: true })
  })

  it('brings back what was on it last, not what an earlier removal took', async () => {
    const { project, second } = await drawn()
    project.removals.remove([second], 'person')
    project.removals.restore([second], 'person')
    const { annotations, revision } = project.annotations.load(second)
    project.annotations.apply({ imageId: second, baseRevision: revision, changes: { ...EMPTY_CHANGES, removed: annotations }, actor: 'a', reason: 'r' })
    project.removals.remove([second], 'person')
    project.removals.restore([second], 'person')
    expect(project.annotations.load(second).annotations).toEqual([])
  })

  it('loses no object where a label was removed meanwhile', async () => {
    const { project, second, labelId } = await drawn()
    project.removals.remove([second], 'person')
    project.labels.remove(labelId)
    project.removals.restore([second], 'person')
    const { id } = project.labels.byName('label removed')!
    expect(project.annotations.load(second).annotations.map((one) => one.labelId)).toEqual([id, id])
  })

  it('goes together with the others or not at all', async () => {
    const { project, second } = await drawn()
    expect(() => project.removals.remove([second, 99 as ImageId], 'person')).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(project.images.count()).toBe(3)
    expect(project.annotations.load(second).annotations).toHaveLength(2)
  })
})
