import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EngineClient } from '../../../src/core/inference/engineClient.ts'
import type { ProposeArgs, ProposeResult } from '../../../src/core/inference/engineContract.ts'
import { runRecipe } from '../../../src/core/services/runRecipe.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import { projectFolder, RECIPE, scanned } from '../../helpers/projects.ts'

const folder = projectFolder()
const MODEL = { name: 'demo', hash: 'b'.repeat(64), device: 'cpu' }
const INFO = { grounder: MODEL, segmenter: MODEL, refusedDevices: [] }
const NOTHING: ProposeResult = { objects: [], merged: [], ms: { decode: 1, boxes: 1, encode: 0, masks: 0 },
  replies: [{ words: 'red car', text: 'There are none.', ended: 'end-token', promptTokens: 1, replyTokens: 1, refused: [] }] }

/** A project over files on disk, and an engine that answers as `answer` says. */
async function setUp(images: number, answer: (args: ProposeArgs, call: number) => ProposeResult) {
  const project = await folder.create()
  const root = join(project.file, '..')
  const names = Array.from({ length: images }, (_, n) => `${String(n)}.png`)
  for (const name of names) writeFileSync(join(root, name), name)
  const sourceId = project.sources.add(root).id
  const { ids } = project.images.upsert(sourceId, names.map((name) => scanned(name)))
  let calls = 0
  const asked: string[] = []
  const engine = { propose: (args: ProposeArgs) => {
    asked.push(args.picture.file.slice(root.length + 1))
    return Promise.resolve().then(() => answer(args, ++calls))
  } } as unknown as EngineClient
  const run = (imageIds: readonly ImageId[] = ids, signal?: AbortSignal) => runRecipe({ project, engine, info: INFO }, RECIPE, imageIds, signal ? { signal } : {})
  return { project, sourceId, ids, asked, run }
}

describe('a recipe over many images', () => {
  it('does each once; a second start does nothing', async () => {
    const { asked, run } = await setUp(3, () => NOTHING)
    expect((await run()).progress).toMatchObject({ total: 3, done: 3 })
    expect((await run()).progress).toMatchObject({ total: 3, done: 3 })
    expect(asked).toEqual(['0.png', '1.png', '2.png'])
  })

  it('goes on after a failure, and tries that image again at the next start', async () => {
    const { asked, run } = await setUp(3, (_, call) => {
      if (call === 2) throw new AppError('unreadable-image', 'It is torn.')
      return NOTHING
    })
    const first = await run()
    expect(first.progress).toMatchObject({ done: 2, failed: 1 })
    expect(first.problems).toMatchObject([{ state: 'failed', error: 'It is torn.', attempts: 1 }])
    expect((await run()).progress).toMatchObject({ done: 3, failed: 0 })
    expect(asked).toEqual(['0.png', '1.png', '2.png', '1.png'])
  })

  it('leaves out what can not be read, and takes it up once it can', async () => {
    const { project, ids, asked, run } = await setUp(2, () => NOTHING)
    project.images.setStatus(ids[0]!, 'failed', 'It is empty.')
    const first = await run()
    expect(first.progress).toMatchObject({ total: 2, done: 1, skipped: 1 })
    expect(first.problems).toMatchObject([{ imageId: ids[0], state: 'skipped', error: 'It is empty.' }])
    project.images.setStatus(ids[0]!, 'ok', null)
    expect((await run()).progress).toMatchObject({ total: 2, done: 2, skipped: 0 })
    expect(asked).toEqual(['1.png', '0.png'])
  })

  it('counts only the images it was asked for', async () => {
    const { ids, run } = await setUp(3, (args) => {
      if (args.picture.file.endsWith('0.png')) throw new AppError('unreadable-image', 'It is torn.')
      return NOTHING
    })
    await run(ids.slice(0, 1))
    const { progress, problems } = await run(ids.slice(1))
    expect(progress).toMatchObject({ total: 2, done: 2, failed: 0 })
    expect(problems).toEqual([])
  })

  it.each([
    ['the disk is full', new AppError('disk-full', 'Full.')],
    ['the engine has given up', new AppError('engine-crashed', 'Three times.', { givenUp: true })],
  ])('ends where %s, and the image at hand is no failure', async (_, error) => {
    let isWell = false
    const { asked, run } = await setUp(3, (_args, call) => {
      if (call === 2 && !isWell) throw error
      return NOTHING
    })
    await expect(run()).rejects.toBe(error)
    isWell = true
    expect((await run()).progress).toMatchObject({ done: 3, failed: 0 })
    expect(asked).toEqual(['0.png', '1.png', '1.png', '2.png'])
  })

  it('stops on a signal and puts the image at hand back', async () => {
    const controller = new AbortController()
    const { asked, run } = await setUp(3, (_, call) => {
      if (call === 2) controller.abort()
      if (controller.signal.aborted && call === 2) throw new AppError('cancelled', 'Cancelled.')
      return NOTHING
    })
    const first = await run(undefined, controller.signal)
    expect(first).toMatchObject({ interrupted: true, progress: { done: 1, pending: 2, failed: 0 } })
    expect(await run()).toMatchObject({ interrupted: false, progress: { done: 3 } })
    expect(asked).toEqual(['0.png', '1.png', '1.png', '2.png'])
  })
})
