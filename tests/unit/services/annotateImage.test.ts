import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { EngineClient } from '../../../src/core/inference/engineClient.ts'
import type { ProposeArgs, ProposedObject } from '../../../src/core/inference/engineContract.ts'
import { annotateImage } from '../../../src/core/services/annotateImage.ts'
import { promptHash } from '../../../src/core/store/replies.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import type { Recipe } from '../../../src/shared/model.ts'
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
  const asked: ProposeArgs[] = []
  const annotate = (objects: readonly ProposedObject[], { recipe = RECIPE as Recipe, frame = 0 } = {}) => {
    const ms = { decode: 1, boxes: 1, encode: 1, masks: 1 }
    const engine = {
      propose: (args: ProposeArgs) => {
        asked.push(args)
        return Promise.resolve({ objects, replies: [reply], merged: [], ms })
      },
    } as unknown as EngineClient
    const run = project.runs.find(recipe) ?? project.runs.create(recipe)
    return annotateImage({ project, engine, info: { grounder: MODEL, segmenter: MODEL, refusedDevices: [] } }, run, { id, frame })
  }
  const places = () => project.annotations.load(id).annotations.map(({ frame, box }) => [frame, box.x0])
  return { project, id, annotate, asked, places }
}

it('replaces what the same run proposed on this frame, and leaves the other frames alone', async () => {
  const { annotate, places } = await setUp()
  await annotate([objectAt(0)], { frame: 0 })
  await annotate([objectAt(100)], { frame: 1 })
  await annotate([objectAt(200)], { frame: 0 })
  expect(places()).toEqual([[1, 100], [0, 200]])
})

it('the models see through the window of the recipe, and another window is another question', async () => {
  const { project, id, annotate, asked } = await setUp()
  const narrow = { ...RECIPE, window: { low: 10, high: 20 } }
  await annotate([objectAt(0)])
  await annotate([objectAt(0)], { recipe: narrow })
  expect(asked.map(({ picture }) => picture.window)).toEqual([undefined, { low: 10, high: 20 }])
  expect(project.runs.list().map(({ recipe }) => recipe)).toEqual([RECIPE, narrow])
  const hashes = [undefined, { low: 10, high: 20 }].map((window) => promptHash({ words: 'red car', frame: 0, grid: 'off', maxBoxes: RECIPE.maxBoxes, window }))
  expect(new Set(hashes).size).toBe(2)
  const imageHash = project.images.get(id).contentHash!
  for (const hash of hashes) expect(project.replies.find({ imageHash, modelHash: MODEL.hash, promptHash: hash })).toBe('a reply')
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
