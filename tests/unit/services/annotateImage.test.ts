import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { EngineClient } from '../../../src/core/inference/engineClient.ts'
import type { ProposedObject } from '../../../src/core/inference/engineContract.ts'
import { annotateImage } from '../../../src/core/services/annotateImage.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import { projectFolder, RECIPE, scanned } from '../../helpers/projects.ts'

const folder = projectFolder()
const MODEL = { name: 'demo', hash: 'b'.repeat(64), device: 'cpu' }
const reply = { words: 'red car', text: 'a reply', ended: 'end-token', promptTokens: 1, replyTokens: 1, refused: [] } as const

const objectAt = (x0: number, score: number | null = 0.9): ProposedObject => {
  const box = { x0, y0: 10, x1: x0 + 40, y1: 50 }
  return { prompt: 0, box, originalBox: box, mask: null, score, notes: [] }
}

/** One image, and an engine that finds these objects on it. */
async function setUp() {
  const project = await folder.create()
  const root = join(project.file, '..')
  writeFileSync(join(root, 'a.tif'), 'a')
  const { ids } = project.images.upsert(project.sources.add(root).id, [scanned('a.tif')])
  const id = ids[0]!
  const annotate = (objects: readonly ProposedObject[], { recipe = RECIPE, frame = 0 } = {}) => {
    const ms = { decode: 1, boxes: 1, encode: 1, masks: 1 }
    const engine = { propose: () => Promise.resolve({ objects, replies: [reply], merged: [], ms }) } as unknown as EngineClient
    const run = project.runs.find(recipe) ?? project.runs.create(recipe)
    return annotateImage({ project, engine, info: { grounder: MODEL, segmenter: MODEL, refusedDevices: [] } }, run, { id, frame })
  }
  const places = () => project.annotations.load(id).annotations.map(({ frame, box }) => [frame, box.x0])
  return { project, id, annotate, places }
}

it('replaces what the same run proposed on this frame, and leaves the other frames alone', async () => {
  const { annotate, places } = await setUp()
  await annotate([objectAt(0)], { frame: 0 })
  await annotate([objectAt(100)], { frame: 1 })
  await annotate([objectAt(200)], { frame: 0 })
  expect(places()).toEqual([[1, 100], [0, 200]])
})

it('does not propose again what was accepted', async () => {
  const { project, id, annotate, places } = await setUp()
  await annotate([objectAt(0)])
  const { annotations, revision } = project.annotations.load(id)
  const accepted = { ...annotations[0]!, state: 'accepted' as const }
  project.annotations.apply({ imageId: id, baseRevision: revision, changes: { ...EMPTY_CHANGES, updated: [[annotations[0]!, accepted]] }, actor: 'anna', reason: 'accept' })
  const again = await annotate([objectAt(1), objectAt(300)])
  expect(again.alreadyThere.map(({ box }) => box.x0)).toEqual([1])
  expect(again.result.objects.map(({ box }) => box.x0)).toEqual([300])
  expect(places()).toEqual([[0, 0], [0, 300]])
})

it('leaves out what scores less than the recipe wants, and keeps what has no score', async () => {
  const { annotate, places } = await setUp()
  const { belowScore } = await annotate([objectAt(0, 0.4), objectAt(100, 0.6), objectAt(200, null)], { recipe: { ...RECIPE, minScore: 0.5 } })
  expect(belowScore).toBe(1)
  expect(places()).toEqual([[0, 100], [0, 200]])
})
