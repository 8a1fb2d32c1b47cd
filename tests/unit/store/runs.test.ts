import { describe, expect, it } from 'vitest'
import { MAX_ATTEMPTS } from '../../../src/core/store/runs.ts'
import { promptHash } from '../../../src/core/store/replies.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import { ImageId, LabelId, ProvenanceId, RunId } from '../../../src/shared/model.ts'
import { openProject } from '../../../src/core/store/project.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder, RECIPE, resultAt } from '../../helpers/projects.ts'

const folder = projectFolder()
const none = { pending: 0, running: 0, done: 0, failed: 0, skipped: 0 }

async function started(images = 3) {
  const project = await folder.create()
  const filled = fill(project, images)
  return { project, ...filled, run: project.runs.start(RECIPE, filled.ids) }
}

describe('runs', () => {
  it('do each image once, and are finished when none is left', async () => {
    const { project, run, ids, labelId } = await started()
    expect(run).toMatchObject({ state: 'open', recipe: RECIPE })
    expect(project.runs.next(run.id)).toBe(ids[0])
    expect(project.runs.progress(run.id)).toEqual({ ...none, running: 1, pending: 2, total: 3 })
    project.proposals.recordResult(run.id, ids[0]!, resultAt(labelId, []))
    expect(project.runs.next(run.id)).toBe(ids[1])
    project.runs.markFailed(run.id, ids[1]!, 'The engine crashed.', 5)
    expect(project.runs.next(run.id)).toBe(ids[2])
    project.runs.markSkipped(run.id, ids[2]!, 'The file is gone.', 1)
    expect(project.runs.next(run.id)).toBeNull()
    expect(project.runs.progress(run.id)).toEqual({ ...none, done: 1, failed: 1, skipped: 1, total: 3 })
    expect(project.runs.problems(run.id)).toEqual([
      { imageId: ids[1], state: 'failed', error: 'The engine crashed.', attempts: 1 },
      { imageId: ids[2], state: 'skipped', error: 'The file is gone.', attempts: 1 },
    ])
    expect(project.runs.get(run.id).state).toBe('finished')
  })

  it('are found again by the same recipe, whatever the order of its keys', async () => {
    const { project, run } = await started()
    const shuffled = Object.fromEntries(Object.entries(RECIPE).reverse()) as typeof RECIPE
    expect(project.runs.find(shuffled)?.id).toBe(run.id)
    expect(project.runs.find({ ...RECIPE, grid: 'both' })).toBeNull()
    expect(project.runs.start({ ...RECIPE, grid: 'both' }, []).id).not.toBe(run.id)
    expect(project.runs.list()).toHaveLength(2)
    expect(() => project.runs.get(RunId.parse(99))).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  it('go on after a crash with what is not done, and add new images', async () => {
    const { project, run, ids, labelId } = await started()
    project.runs.next(run.id)
    project.proposals.recordResult(run.id, ids[0]!, resultAt(labelId, [1]))
    project.runs.next(run.id)
    const { file } = project
    project.close()
    const again = folder.closing(await openProject(file))
    const resumed = again.runs.start(RECIPE, [...ids.slice(0, 2)])
    expect(resumed.id).toBe(run.id)
    expect(again.runs.progress(run.id)).toEqual({ ...none, pending: 2, done: 1, total: 3 })
    expect(again.runs.next(run.id)).toBe(ids[1])
  })

  it('try a failing image, or one that takes the program down, so many times and no more', async () => {
    const { project, ids } = await started(2)
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const run = project.runs.start(RECIPE, ids)
      expect(run.state).toBe('open')
      expect(project.runs.next(run.id)).toBe(ids[0])
      project.runs.markFailed(run.id, ids[0]!, 'Too dark.', 1)
      // The second is left running, as a crash leaves it.
      expect(project.runs.next(run.id)).toBe(ids[1])
      expect(project.runs.next(run.id)).toBeNull()
    }
    const run = project.runs.start(RECIPE, ids)
    expect(run.state).toBe('finished')
    expect(project.runs.next(run.id)).toBeNull()
    expect(project.runs.problems(run.id).map(({ error, attempts }) => [error, attempts])).toEqual([
      ['Too dark.', MAX_ATTEMPTS],
      ['The program stopped while working on this image.', MAX_ATTEMPTS],
    ])
  })

  it('do not count an image that was put back', async () => {
    const { project, run, ids } = await started(1)
    for (let time = 0; time < MAX_ATTEMPTS + 1; time++) {
      expect(project.runs.next(run.id)).toBe(ids[0])
      project.runs.putBack(run.id, ids[0]!)
    }
    expect(project.runs.start(RECIPE, ids).state).toBe('open')
    expect(project.runs.next(run.id)).toBe(ids[0])
  })

  it('open again when images are added to a finished one', async () => {
    const { project, run, ids } = await started(1)
    project.runs.markSkipped(run.id, ids[0]!, 'x', 0)
    expect(project.runs.start(RECIPE, ids).state).toBe('finished')
    const more = project.images.upsert(1, [{ ...project.images.get(ids[0]!), path: 'new.png' }]).ids
    expect(project.runs.start(RECIPE, more).state).toBe('open')
    expect(project.runs.next(run.id)).toBe(more[0])
  })
})

describe('proposals.recordResult', () => {
  it('keeps proposals with all that is behind them', async () => {
    const { project, run, ids, labelId } = await started()
    const result = resultAt(labelId, [10, 20])
    const { revision, proposals } = project.proposals.recordResult(run.id, ids[0]!, result)
    expect(project.annotations.load(ids[0]!)).toEqual({ annotations: proposals, revision })
    expect(proposals.map(({ box, state, origin, z }) => [box.x0, state, origin, z])).toEqual([
      [10, 'proposed', 'model', 0],
      [20, 'proposed', 'model', 1],
    ])
    expect(project.provenance.get(proposals[1]!.provenanceId!)).toEqual({
      runId: run.id,
      words: 'red car',
      grounder: 'demo',
      grounderHash: result.grounder.hash,
      segmenter: 'grabcut',
      segmenterHash: result.segmenter.hash,
      reply: result.replies[0]!.text,
      originalBox: { x0: 19, y0: 0, x1: 26, y1: 10 },
      notes: ['clipped'],
    })
    expect(project.log.ofImage(ids[0]!)).toMatchObject([{ actor: 'model', reason: `run ${String(run.id)}`, revision: 1 }])
    expect(() => project.provenance.get(ProvenanceId.parse(99))).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  it('replaces what the run proposed before, and nothing a person made or accepted or another run proposed', async () => {
    const { project, run, ids, labelId } = await started()
    const imageId = ids[0]!
    const other = project.runs.start({ ...RECIPE, grid: 'both' }, ids)
    project.proposals.recordResult(other.id, imageId, resultAt(labelId, [90]))
    const { proposals, revision } = project.proposals.recordResult(run.id, imageId, resultAt(labelId, [10, 20]))
    const accept = [proposals[0]!, { ...proposals[0]!, state: 'accepted' as const }] as const
    const changes = { added: [annotation(1, { z: 50, state: 'proposed' })], updated: [accept], removed: [] }
    project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'anna', reason: 'accept' })
    project.proposals.recordResult(run.id, imageId, resultAt(labelId, [30]))
    const left = project.annotations.load(imageId).annotations
    expect(left.map(({ box, state, origin }) => [box.x0, state, origin])).toEqual([
      [90, 'proposed', 'model'],
      [10, 'accepted', 'model'],
      [1, 'proposed', 'drawn'],
      [30, 'proposed', 'model'],
    ])
    expect(project.proposals.ofRun(run.id, imageId).map(({ box }) => box.x0)).toEqual([30])
  })

  it('writes nothing at all when a part cannot be written', async () => {
    const { project, run, ids, labelId } = await started()
    const good = resultAt(labelId, [10])
    const bad = { ...good, objects: [...good.objects, { ...good.objects[0]!, labelId: LabelId.parse(99) }] }
    project.runs.next(run.id)
    expect(() => project.proposals.recordResult(run.id, ids[0]!, bad)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(project.annotations.load(ids[0]!)).toEqual({ annotations: [], revision: 0 })
    expect(project.runs.progress(run.id)).toEqual({ ...none, running: 1, pending: 2, total: 3 })
    const { imageHash, grounder, replies } = good
    expect(project.replies.find({ imageHash, modelHash: grounder.hash, promptHash: replies[0]!.promptHash })).toBeNull()
    expect(() => project.provenance.get(ProvenanceId.parse(1))).toThrow()
    expect(() => project.proposals.recordResult(run.id, ImageId.parse(99), good)).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})

describe('replies', () => {
  it('are found by image, model and prompt, and an earlier one stays behind its provenance', async () => {
    const { project, run, ids, labelId } = await started()
    const first = resultAt(labelId, [1])
    const [reply] = first.replies
    const question = { imageHash: first.imageHash, modelHash: first.grounder.hash, promptHash: reply!.promptHash }
    const { proposals } = project.proposals.recordResult(run.id, ids[0]!, first)
    expect(project.replies.find(question)).toBe(reply!.text)
    expect(project.replies.keep(question, reply!.words, reply!.text)).toBe(1)
    for (const key of ['imageHash', 'modelHash', 'promptHash'] as const) {
      expect(project.replies.find({ ...question, [key]: 'other' })).toBeNull()
    }
    project.proposals.recordResult(run.id, ids[1]!, resultAt(labelId, [2], { replies: [{ ...reply!, text: 'there are none' }] }))
    expect(project.replies.find(question)).toBe('there are none')
    expect(project.provenance.get(proposals[0]!.provenanceId!).reply).toBe(reply!.text)
  })

  it('belong to a prompt with all that changes the answer', () => {
    const prompt = { words: 'car', frame: 0, grid: 'off', maxBoxes: 9 } as const
    const others = [{ words: 'cars' }, { frame: 1 }, { grid: 'both' as const }, { maxBoxes: 8 }].map((part) => promptHash({ ...prompt, ...part }))
    expect(new Set([promptHash(prompt), ...others]).size).toBe(5)
    expect(promptHash({ maxBoxes: 9, grid: 'off', frame: 0, words: 'car' })).toBe(promptHash(prompt))
  })
})

describe('proposals.undoRun', () => {
  /** A run with two proposals on each of three images, one of them accepted, and a drawn annotation. */
  async function undoable() {
    const all = await started()
    const { project, run, ids, labelId } = all
    for (const imageId of ids) project.proposals.recordResult(run.id, imageId, resultAt(labelId, [10, 20]))
    const { annotations, revision } = project.annotations.load(ids[0]!)
    const changes = {
      ...EMPTY_CHANGES,
      added: [annotation(1)],
      updated: [[annotations[0]!, { ...annotations[0]!, state: 'accepted' as const }] as const],
    }
    project.annotations.apply({ imageId: ids[0]!, baseRevision: revision, changes, actor: 'anna', reason: 'accept' })
    return all
  }

  it('takes back what nobody accepted, image by image, and lets the recipe begin anew', async () => {
    const { project, run, ids } = await undoable()
    const progress: number[] = []
    const undone = await project.proposals.undoRun(run.id, { actor: 'anna', onProgress: (images) => progress.push(images) })
    expect(undone).toEqual({ images: 3, annotations: 5 })
    expect(progress).toEqual([1, 2, 3])
    expect(project.annotations.load(ids[0]!).annotations.map(({ state }) => state)).toEqual(['accepted', 'accepted'])
    expect(project.annotations.count()).toBe(2)
    expect(project.log.ofImage(ids[1]!).at(-1)).toMatchObject({ actor: 'anna', reason: `undo run ${String(run.id)}` })
    expect(project.log.verify().ok).toBe(true)
    const anew = project.runs.start(RECIPE, ids)
    expect(anew.id).not.toBe(run.id)
    expect(project.runs.progress(anew.id).pending).toBe(3)
  })

  it('stops when cancelled and goes on when called again', async () => {
    const { project, run } = await undoable()
    const stop = new AbortController()
    const undoing = project.proposals.undoRun(run.id, { actor: 'a', signal: stop.signal, onProgress: () => { stop.abort() } })
    await expect(undoing).rejects.toMatchObject({ code: 'cancelled' })
    expect(project.annotations.count()).toBe(6)
    expect(await project.proposals.undoRun(run.id, { actor: 'a' })).toEqual({ images: 2, annotations: 4 })
  })
})

describe('settings', () => {
  it('keep any JSON by key', async () => {
    const { settings } = await folder.create()
    settings.set('theme', 'dark')
    settings.set('keys', { accept: ['Enter'] })
    settings.set('theme', null)
    expect(settings.all()).toEqual({ theme: null, keys: { accept: ['Enter'] } })
  })
})
