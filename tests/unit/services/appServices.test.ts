/** What a window asks of its services, through the contract as it crosses a socket; the engine a stand-in. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAppServices, projectFileOf } from '../../../src/core/services/appServices.ts'
import type { EngineClient } from '../../../src/core/inference/engineClient.ts'
import type { ProposeResult } from '../../../src/core/inference/engineContract.ts'
import { openModels } from '../../../src/core/models/models.ts'
import { openProject } from '../../../src/core/store/project.ts'
import { appContract } from '../../../src/shared/appContract.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import type { ClientOf } from '../../../src/shared/contract.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { ImageId, LabelId } from '../../../src/shared/model.ts'
import { createClient, serve } from '../../../src/shared/rpc.ts'
import { annotation } from '../../helpers/annotations.ts'
import { channel } from '../../helpers/channel.ts'
import { picture } from '../web/host.ts'

const info = { name: 'm', hash: 'a'.repeat(64), device: 'cpu' }
const proposed: ProposeResult = {
  objects: [{ prompt: 0, box: { x0: 1, y0: 2, x1: 9, y1: 8 }, originalBox: { x0: 1, y0: 2, x1: 9, y1: 8 }, mask: null, score: 0.7, notes: ['clipped'] }],
  replies: [{ words: 'red', text: '<|box_start|>…<|im_end|>', ended: 'box-limit', promptTokens: 1, replyTokens: 1, refused: [{ text: '(9,9),(1,1)', reason: 'inside out' }] }],
  merged: ['one was another again'],
  ms: { decode: 1, boxes: 2, encode: 3, masks: 4 },
}

function fakeEngine() {
  return {
    load: vi.fn(() => Promise.resolve({ grounder: info, segmenter: info, refusedDevices: [] })),
    propose: vi.fn(() => Promise.resolve(proposed)),
    segment: vi.fn(() => Promise.resolve({ masks: [], ms: { encode: 5, masks: 6 } })),
    prefetch: vi.fn(() => Promise.resolve(null)),
    dispose: vi.fn(() => Promise.resolve()),
  } satisfies EngineClient
}

let folder: string
let engine: ReturnType<typeof fakeEngine>
let services: Awaited<ReturnType<typeof createAppServices>>
let api: ClientOf<typeof appContract>
let one: ImageId
let two: ImageId

function window(): ClientOf<typeof appContract> {
  const { near, far } = channel()
  serve(appContract, services.handlers, far)
  return createClient(appContract, near)
}

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-services-')))
  await mkdir(join(folder, 'pictures'))
  await Promise.all(['1.png', '2.png'].map((name) => picture(join(folder, 'pictures', name))))
  engine = fakeEngine()
  services = await createAppServices({ dataFolder: join(folder, 'data'), projectFile: join(folder, 'pictures', 'p.marquee'), engine, models: openModels({ folder: join(folder, 'models') }) })
  api = window()
  expect(await api['images.add']({ paths: [join(folder, 'pictures')] })).toEqual({ added: 2, problems: [] })
  const { rows } = await api['images.list']({ search: '', offset: 0, limit: 10 })
  ;[one, two] = rows.map(({ id }) => id) as [ImageId, ImageId]
})
afterEach(async () => {
  await services.close()
  await rm(folder, { recursive: true, force: true })
})

async function draw(imageId: ImageId, n: number, labelId: LabelId): Promise<void> {
  const { revision: baseRevision } = await api['annotations.load']({ imageId })
  await api['annotations.apply']({ imageId, baseRevision, changes: { ...EMPTY_CHANGES, added: [annotation(n, { imageId, labelId })] }, reason: 'drawn' })
}

describe('labels', () => {
  it('are made, renamed, recoloured, given keys and put in order', async () => {
    const [car, dog, tree] = await Promise.all(['car', 'dog', 'tree'].map((name) => api['labels.ensure']({ name })))
    expect(await api['labels.ensure']({ name: ' car ' })).toEqual(car)
    expect(await api['labels.update']({ id: car!.id, name: 'lorry', color: '#ABCDEF', key: dog!.key })).toMatchObject({ name: 'lorry', color: '#abcdef', key: dog!.key })
    const names = async () => (await api['labels.list'](null)).map(({ name }) => name)
    await api['labels.update']({ id: tree!.id, order: 0 })
    expect(await names()).toEqual(['tree', 'lorry', 'dog'])
    await api['labels.update']({ id: tree!.id, order: 99 })
    await api['labels.update']({ id: dog!.id, order: -5 })
    expect(await names()).toEqual(['dog', 'lorry', 'tree'])
    expect((await api['labels.list'](null)).find(({ id }) => id === dog!.id)!.key).toBeNull()
  })

  it('change as a whole or not at all', async () => {
    const [car, dog] = await Promise.all(['car', 'dog'].map((name) => api['labels.ensure']({ name })))
    await expect(api['labels.update']({ id: car!.id, name: 'van', color: 'red' })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(api['labels.update']({ id: car!.id, color: '#000000', name: 'dog' })).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(await api['labels.list'](null)).toEqual([car, dog])
  })

  it('give their objects to another label, or away with themselves, each image an edit in the log', async () => {
    const [car, van, dog] = await Promise.all(['car', 'van', 'dog'].map((name) => api['labels.ensure']({ name })))
    await draw(one, 1, car!.id)
    await draw(one, 2, dog!.id)
    await draw(two, 3, car!.id)
    const before = await api['changes.next']({ after: 0 })
    await api['labels.remove']({ id: car!.id, into: van!.id })
    expect((await api['annotations.load']({ imageId: one })).annotations.map(({ labelId }) => labelId)).toEqual([van!.id, dog!.id])
    const { log } = services.session.project
    expect(log.ofImage(one).at(-1)).toMatchObject({ actor: 'person', reason: 'label removed', changes: { updated: [[{ labelId: car!.id }, { labelId: van!.id }]] } })
    expect(await api['changes.next']({ after: before.sequence })).toMatchObject({ imageIds: [one, two], labels: true })
    await api['labels.remove']({ id: van!.id, into: null })
    expect((await api['annotations.load']({ imageId: two })).annotations).toEqual([])
    expect((await api['labels.list'](null)).map(({ name, annotations }) => [name, annotations])).toEqual([['dog', 1]])
  })

  it('stay, and their objects too, where the removal can not be whole', async () => {
    const [car, empty] = await Promise.all(['car', 'empty'].map((name) => api['labels.ensure']({ name })))
    await draw(one, 1, car!.id)
    await draw(two, 2, car!.id)
    const before = [await api['annotations.load']({ imageId: one }), await api['annotations.load']({ imageId: two })]
    await expect(api['labels.remove']({ id: car!.id, into: 99 as LabelId })).rejects.toMatchObject({ code: 'not-found' })
    await expect(api['labels.remove']({ id: empty!.id, into: 99 as LabelId })).rejects.toMatchObject({ code: 'not-found' })
    await expect(api['labels.remove']({ id: car!.id, into: car!.id })).rejects.toMatchObject({ code: 'invalid-argument' })
    const { labels } = services.session.project
    const broken = vi.spyOn(labels, 'remove').mockImplementation(() => {
      throw new AppError('disk-full', 'The disk is full.')
    })
    await expect(api['labels.remove']({ id: car!.id, into: null })).rejects.toMatchObject({ code: 'disk-full' })
    broken.mockRestore()
    expect([await api['annotations.load']({ imageId: one }), await api['annotations.load']({ imageId: two })]).toEqual(before)
    expect(await api['labels.list'](null)).toHaveLength(2)
  })

  it('come back after their removal with their id, place and key, and what nobody changed since of their objects', async () => {
    const [car, van] = await Promise.all(['car', 'van'].map((name) => api['labels.ensure']({ name })))
    await draw(one, 1, car!.id)
    await draw(one, 2, car!.id)
    await draw(two, 3, car!.id)
    const before = await api['labels.list'](null)
    const { edits } = await api['labels.remove']({ id: car!.id, into: van!.id })
    const { annotations, revision } = await api['annotations.load']({ imageId: one })
    const moved = { ...annotations[0]!, box: { x0: 5, y0: 5, x1: 9, y1: 9 } }
    await api['annotations.apply']({ imageId: one, baseRevision: revision, changes: { added: [], updated: [[annotations[0]!, moved]], removed: [annotations[1]!] }, reason: 'moved' })
    expect(await api['labels.restore']({ label: car!, position: 0, edits, images: [one] })).toEqual({ moved: annotations.map(({ id }) => id) })
    expect((await api['annotations.load']({ imageId: one })).annotations).toEqual([{ ...moved, labelId: car!.id }])
    expect((await api['annotations.load']({ imageId: two })).annotations.map(({ labelId }) => labelId)).toEqual([car!.id])
    expect((await api['labels.list'](null)).map((label) => ({ ...label, annotations: 0 }))).toEqual(before.map((label) => ({ ...label, annotations: 0 })))

    const gone = await api['labels.remove']({ id: car!.id, into: null })
    expect(await api['labels.restore']({ label: car!, position: 1, edits: gone.edits, images: [] })).toEqual({ moved: [] })
    expect((await api['labels.list'](null)).map(({ name, annotations: count }) => [name, count])).toEqual([['van', 0], ['car', 2]])
    expect(services.session.project.log.verify()).toMatchObject({ ok: true })
  })

  it('come back only where that can be meant', async () => {
    const [car, van] = await Promise.all(['car', 'van'].map((name) => api['labels.ensure']({ name })))
    await draw(one, 1, car!.id)
    await expect(api['labels.restore']({ label: car!, position: 0, edits: null, images: [] })).rejects.toMatchObject({ code: 'invalid-argument' })
    const { edits } = await api['labels.remove']({ id: car!.id, into: van!.id })
    // Another edit of the log, and the edits of another label.
    await expect(api['labels.restore']({ label: car!, position: 0, edits: { first: 1, last: 1 }, images: [] })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(api['labels.restore']({ label: { ...car!, id: 99 as LabelId }, position: 0, edits, images: [] })).rejects.toMatchObject({ code: 'invalid-argument' })
    await api['labels.ensure']({ name: 'car' })
    await expect(api['labels.restore']({ label: car!, position: 0, edits, images: [] })).rejects.toThrow(/There is a label "car" by now/)
    expect((await api['labels.list'](null)).map(({ name }) => name)).toEqual(['van', 'car'])
  })
})

describe('removed images', () => {
  it('go with their objects, stay away at the next scan, and come back when asked for', async () => {
    const { id: label } = await api['labels.ensure']({ name: 'car' })
    await draw(one, 1, label)
    await draw(one, 2, label)
    expect(await api['images.objects']({ imageIds: [one, two] })).toEqual({ objects: 2 })
    const { sequence } = await api['changes.next']({ after: 0 })
    expect(await api['images.remove']({ imageIds: [one] })).toEqual({ imageIds: [one] })
    expect(await api['changes.next']({ after: sequence })).toMatchObject({ imageIds: [one], images: true, labels: true })
    expect(await api['project.info'](null)).toMatchObject({ images: 1, removed: 1, annotations: 0 })
    await expect(api['images.get']({ imageId: one })).rejects.toMatchObject({ code: 'not-found' })
    await expect(draw(one, 3, label)).rejects.toMatchObject({ code: 'not-found' })
    const pictures = join(folder, 'pictures')
    expect(await api['images.add']({ paths: [pictures] })).toEqual({ added: 0, problems: [] })
    expect(await api['project.info'](null)).toMatchObject({ images: 1, removed: 1 })
    expect(existsSync(join(pictures, '1.png'))).toBe(true)
    expect(await api['images.restore']({ imageIds: null })).toEqual({ imageIds: [one] })
    expect((await api['annotations.load']({ imageId: one })).annotations).toHaveLength(2)
    await api['images.remove']({ imageIds: [one] })
    expect(await api['images.add']({ paths: [pictures], restore: true })).toEqual({ added: 1, problems: [] })
    expect(await api['project.info'](null)).toMatchObject({ images: 2, removed: 0, annotations: 2 })
  })
})

describe('annotations', () => {
  it('from an old revision are refused, and nothing is overwritten', async () => {
    const { id: labelId } = await api['labels.ensure']({ name: 'car' })
    const second = window()
    const { revision: baseRevision } = await second['annotations.load']({ imageId: one })
    await draw(one, 1, labelId)
    const late = { imageId: one, baseRevision, changes: { ...EMPTY_CHANGES, added: [annotation(2, { imageId: one, labelId })] }, reason: 'drawn' }
    await expect(second['annotations.apply'](late)).rejects.toMatchObject({ code: 'stale-revision' })
    expect((await second['annotations.load']({ imageId: one })).annotations).toHaveLength(1)
  })

  it('changed by one window are told to the others that wait', async () => {
    const { id: labelId } = await api['labels.ensure']({ name: 'car' })
    const second = window()
    const { sequence } = await second['changes.next']({ after: 0 })
    const waiting = second['changes.next']({ after: sequence })
    await draw(two, 1, labelId)
    expect(await waiting).toMatchObject({ imageIds: [two], labels: false, images: false })
  })

  it('of two programs on one project file: the second is refused, not the first overwritten', async () => {
    const { id: labelId } = await api['labels.ensure']({ name: 'car' })
    const other = await createAppServices({ dataFolder: join(folder, 'data2'), projectFile: join(folder, 'pictures', 'p.marquee'), engine: fakeEngine() })
    const { revision: baseRevision } = await other.handlers['annotations.load']({ imageId: one }, { signal: new AbortController().signal, report: () => undefined as never })
    await draw(one, 1, labelId)
    const late = { imageId: one, baseRevision, changes: { ...EMPTY_CHANGES, added: [annotation(2, { imageId: one, labelId })] }, reason: 'drawn' }
    const { near, far } = channel()
    serve(appContract, other.handlers, far)
    await expect(createClient(appContract, near)['annotations.apply'](late)).rejects.toMatchObject({ code: 'stale-revision' })
    expect((await api['annotations.load']({ imageId: one })).annotations).toHaveLength(1)
    await other.close()
  })
})

const wish = { frame: 0, prompts: [{ words: 'red', label: 'thing' }], grid: 'off' as const, minScore: 0.5 }

describe('models', () => {
  it('propose: kept as proposals with the reply verbatim, and everything that was done to it in words', async () => {
    const { answers, revision } = await api['models.propose']({ imageId: one, ...wish })
    expect(answers).toEqual([{
      words: 'red', label: 'thing', reply: proposed.replies[0]!.text, found: 1, known: 0,
      notes: ['The answer was cut off: box limit.', 'clipped', '(9,9),(1,1): inside out', 'one was another again'],
    }])
    const { annotations, revision: stored } = await api['annotations.load']({ imageId: one })
    expect(stored).toBe(revision)
    expect(annotations).toMatchObject([{ state: 'proposed', origin: 'model', score: 0.7, box: proposed.objects[0]!.box }])
    expect((await api['labels.list'](null)).map(({ name }) => name)).toEqual(['thing'])
    expect((await api['models.status'](null)).ms).toEqual({ boxes: 2, encode: 3, masks: 4 })
  })

  it('that find what is there already say so, and add nothing', async () => {
    await api['models.propose']({ imageId: one, ...wish })
    const { annotations, revision } = await api['annotations.load']({ imageId: one })
    const accepted = annotations.map((from): [typeof from, typeof from] => [from, { ...from, state: 'accepted' }])
    await api['annotations.apply']({ imageId: one, baseRevision: revision, changes: { ...EMPTY_CHANGES, updated: accepted }, reason: 'accept' })
    expect((await api['models.propose']({ imageId: one, ...wish })).answers[0]).toMatchObject({ found: 1, known: 1 })
    expect((await api['annotations.load']({ imageId: one })).annotations).toHaveLength(1)
  })

  it('that find nothing answer so, and below the least score nothing is kept', async () => {
    engine.propose.mockResolvedValueOnce({ ...proposed, objects: [], merged: [] })
    expect((await api['models.propose']({ imageId: one, ...wish })).answers[0]).toMatchObject({ found: 0 })
    expect((await api['models.propose']({ imageId: one, ...wish, minScore: 0.8 })).answers[0]).toMatchObject({ found: 0 })
    expect((await api['annotations.load']({ imageId: one })).annotations).toEqual([])
    // The file list tells it from an image nobody asked about.
    const { rows } = await api['images.list']({ search: '', offset: 0, limit: 2 })
    expect(rows.map(({ looked }) => looked)).toEqual([true, false])
    expect((await api['images.get']({ imageId: one })).looked).toBe(true)
  })

  it('that fail store nothing and say why, without the folder of the image', async () => {
    const file = join(folder, 'pictures', '1.png')
    engine.propose.mockRejectedValueOnce(new AppError('unreadable-image', `${file} can't be read.`, { file }))
    await expect(api['models.propose']({ imageId: one, ...wish })).rejects.toMatchObject({ code: 'unreadable-image', message: "1.png can't be read.", details: {} })
    services.session.project.images.setStatus(two, 'failed', 'It is cut short.')
    await expect(api['models.propose']({ imageId: two, ...wish })).rejects.toMatchObject({ code: 'unreadable-image', message: 'It is cut short.' })
    await expect(api['models.segment']({ imageId: two, frame: 0, prompts: [{ box: null, points: [] }] })).rejects.toMatchObject({ code: 'unreadable-image' })
    expect(engine.propose).toHaveBeenCalledTimes(1)
  })

  it('tell windows what they are busy with, what waits, and how fast they were', async () => {
    const first = await api['models.activity']({ after: 0 })
    expect(first).toMatchObject({ now: null, waiting: 0, status: { ms: null } })
    const held = Promise.withResolvers<ProposeResult>()
    engine.propose.mockReturnValueOnce(held.promise)
    const proposing = api['models.propose']({ imageId: one, ...wish })
    await vi.waitFor(async () => expect(await api['models.activity']({ after: 0 })).toMatchObject({ now: 'proposing', waiting: 0 }))
    const ahead = Promise.withResolvers<null>()
    engine.prefetch.mockReturnValueOnce(ahead.promise)
    const prefetching = api['models.prefetch']({ imageId: two, frame: 0 })
    await vi.waitFor(async () => expect(await api['models.activity']({ after: 0 })).toMatchObject({ now: 'proposing', waiting: 1 }))
    const { sequence } = await api['models.activity']({ after: 0 })
    const next = api['models.activity']({ after: sequence })
    held.resolve(proposed)
    expect(await next).toMatchObject({ now: 'reading-ahead', waiting: 0 })
    ahead.resolve(null)
    await Promise.all([proposing, prefetching])
    await vi.waitFor(async () => expect(await api['models.activity']({ after: 0 })).toMatchObject({ now: null, status: { device: 'cpu', ms: { boxes: 2, encode: 3, masks: 4 } } }))
  })

  it('are loaded once for many calls, and again after a failure', async () => {
    engine.load.mockRejectedValueOnce(new AppError('model-invalid', 'Broken.'))
    await expect(api['models.prefetch']({ imageId: one, frame: 0 })).rejects.toMatchObject({ code: 'model-invalid' })
    await Promise.all([api['models.prefetch']({ imageId: one, frame: 0 }), api['models.segment']({ imageId: one, frame: 0, prompts: [{ box: null, points: [] }] })])
    await api['models.prefetch']({ imageId: two, frame: 0 })
    expect(engine.load).toHaveBeenCalledTimes(2)
    expect(engine.prefetch).toHaveBeenLastCalledWith({ file: join(folder, 'pictures', '2.png'), frame: 0 }, expect.anything())
  })

  it('chosen wrongly leave the ones there were; chosen again start an engine that had given up', async () => {
    const pair = { grounder: 'demo-qwen2-vl', segmenter: 'grabcut' }
    const before = await api['models.choose'](pair)
    await expect(api['models.choose']({ ...pair, grounder: 'no-such' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(api['models.choose']({ grounder: 'demo-sam2', segmenter: 'grabcut' })).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('boxes into masks') as string })
    await expect(api['models.choose']({ ...pair, segmenter: 'sam2.1-small' })).rejects.toMatchObject({ code: 'model-missing' })
    engine.load.mockRejectedValueOnce(new AppError('model-invalid', 'Broken.'))
    await expect(api['models.choose']({ ...pair, segmenter: 'demo-sam2' })).rejects.toMatchObject({ code: 'model-invalid' })
    expect(await api['models.status'](null)).toEqual(before)
    const loads = engine.load.mock.calls.length
    await api['models.choose'](pair)
    expect(engine.load.mock.calls.length).toBe(loads + 1)
  })

  it('are listed with what they cost, the demo ones as such', async () => {
    const rows = await api['models.list'](null)
    expect(rows.filter(({ demo }) => demo).map(({ id, state }) => [id, state])).toEqual([['demo-qwen2-vl', 'shipped'], ['demo-sam2', 'shipped']])
    expect(rows.some(({ state, size }) => state === 'available' && size > 0)).toBe(true)
  })
})

describe('projects', () => {
  it('are changed while a window is open: it is told, and sees the other one', async () => {
    const { sequence } = await api['changes.next']({ after: 0 })
    const waiting = window()['changes.next']({ after: sequence })
    const second = join(folder, 'pictures', 'second.marquee')
    expect(await api['project.open']({ path: second })).toMatchObject({ name: 'second.marquee', images: 0 })
    expect(await waiting).toMatchObject({ everything: true, labels: true, images: true })
    await expect(api['annotations.load']({ imageId: one })).rejects.toMatchObject({ code: 'not-found' })
    expect(await api['project.recent'](null)).toEqual([second, join(folder, 'pictures', 'p.marquee')])
  })

  it('stay open where the other one can not be', async () => {
    await writeFile(join(folder, 'pictures', 'text.marquee'), 'no project, but long enough to be looked at by SQLite')
    await expect(api['project.open']({ path: join(folder, 'pictures', 'text.marquee') })).rejects.toMatchObject({ code: 'project-corrupt' })
    await expect(api['project.open']({ path: join(folder, 'pictures', '1.png') })).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(await api['project.info'](null)).toMatchObject({ name: 'p.marquee', images: 2 })
  })

  it('are not closed under work that goes on in them', async () => {
    let answer: (result: ProposeResult) => void = () => undefined
    engine.propose.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
    const proposing = api['models.propose']({ imageId: one, ...wish })
    await vi.waitFor(() => {
      expect(engine.propose).toHaveBeenCalled()
    })
    const path = join(folder, 'pictures', 'second.marquee')
    await expect(api['project.open']({ path })).rejects.toMatchObject({ code: 'project-busy', message: expect.stringContaining('looking at an image') as string })
    expect(existsSync(path)).toBe(false)
    answer(proposed)
    expect((await proposing).revision).toBe(1)
    expect((await api['project.open']({ path })).name).toBe('second.marquee')
  })

  it('two scans at once: scanning is over when both are', async () => {
    const seen: boolean[] = []
    const noting = { onProgress: () => void seen.push(services.session.scanning) }
    await Promise.all([api['images.add']({ paths: [join(folder, 'pictures')] }, noting), api['images.add']({ paths: [join(folder, 'pictures', '1.png')] }, noting)])
    expect(seen.length).toBeGreaterThan(1)
    expect(seen).not.toContain(false)
    expect((await api['project.info'](null)).scanning).toBe(false)
    await expect(api['images.add']({ paths: [join(folder, 'pictures', 'gone')] })).rejects.toMatchObject({ code: 'not-found' })
    expect((await api['project.info'](null)).scanning).toBe(false)
  })

  it('of a folder that can not be written lie in the data folder, one for each', () => {
    expect(projectFileOf('/a/scans', '/data', true)).toBe('/a/scans/scans.marquee')
    expect(projectFileOf('/', '/data', true)).toBe('/annotations.marquee')
    const [first, second] = ['/a/scans', '/b/scans'].map((folder) => projectFileOf(folder, '/data', false))
    expect(first).toMatch(/^\/data\/projects\/scans-[0-9a-f]{8}\.marquee$/)
    expect(second).not.toBe(first)
  })
})

describe('exports and settings', () => {
  it('writes what was accepted, or all, and tells how far it is', async () => {
    const { id: labelId } = await api['labels.ensure']({ name: 'car' })
    await draw(one, 1, labelId)
    await api['models.propose']({ imageId: two, ...wish })
    const path = join(folder, 'pictures', 'out', 'coco.json')
    const seen: unknown[] = []
    const writing = { format: 'coco', path, states: ['accepted' as const], labels: null, split: null, options: {}, allowIncomplete: false, replace: false }
    expect(await api['exports.run'](writing, { onProgress: (at) => seen.push(at) })).toMatchObject({ path, images: 2, asked: 1 })
    expect(seen.at(-1)).toEqual({ done: 2, total: 2 })
    const written = JSON.parse(await readFile(path, 'utf8')) as { annotations: unknown[] }
    expect(written.annotations).toHaveLength(1)
    expect((await api['exports.run']({ ...writing, states: ['accepted', 'proposed'] })).asked).toBe(2)
    expect(await api['exports.counts'](null)).toEqual([
      { label: 'car', accepted: 1, proposed: 0 },
      { label: 'thing', accepted: 0, proposed: 1 },
    ])
  })

  it('replace what somebody else wrote only when that is confirmed, and what this project wrote as often as it likes', async () => {
    const { id: labelId } = await api['labels.ensure']({ name: 'car' })
    await draw(one, 1, labelId)
    const path = join(folder, 'pictures', 'theirs.json')
    await writeFile(path, 'theirs')
    const writing = { format: 'coco', path, states: ['accepted' as const], labels: null, split: null, options: {}, allowIncomplete: false, replace: false }
    await expect(api['exports.run'](writing)).rejects.toMatchObject({ code: 'export-exists' })
    expect(await readFile(path, 'utf8')).toBe('theirs')
    expect((await api['exports.run']({ ...writing, replace: true })).asked).toBe(1)
    expect((await api['exports.run'](writing)).asked).toBe(1)
    await api['project.open']({ path: join(folder, 'pictures', 'other.marquee') })
    await expect(api['exports.run']({ ...writing, allowIncomplete: true })).rejects.toMatchObject({ code: 'export-exists' })
  })

  it('go to the images, and to no folder of the program; without a file manager they can not be shown', async () => {
    expect((await api['project.info'](null)).exportFolder).toBe(join(folder, 'pictures'))
    expect((await api['project.open']({ path: join(folder, 'data', 'own.marquee') })).exportFolder).not.toContain('data')
    await expect(api['host.showInFolder']({ path: join(folder, 'pictures', '1.png') })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('keeps what a window sets, any JSON', async () => {
    await api['settings.set']({ key: 'theme', value: { dark: true, at: [1, null] } })
    await api['settings.set']({ key: '__proto__', value: 1 })
    const kept = await window()['settings.get'](null)
    expect(kept['theme']).toEqual({ dark: true, at: [1, null] })
    const project = await openProject(join(folder, 'pictures', 'p.marquee'))
    expect(Object.keys(project.settings.all())).toContain('theme')
    project.close()
  })
})
