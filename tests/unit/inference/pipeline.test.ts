import { describe, expect, it } from 'vitest'
import type { ProposeArgs, ProposeProgress } from '../../../src/core/inference/engineContract.ts'
import { OpenPicture } from '../../../src/core/inference/openPicture.ts'
import { propose, segment } from '../../../src/core/inference/pipeline.ts'
import type { Grounder, Segmenter } from '../../../src/core/inference/seams.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { blank, box, fakeGrounder, fakeSegmenter, maskOf } from '../../helpers/fakeModels.ts'

const ref = { file: 'a.png', frame: 0 }
const args: ProposeArgs = { picture: ref, words: ['cat'], grid: 'off', maxBoxes: 10, speckPixels: 0, mergeIou: 0.7 }

function open(grounder: Grounder, segmenter: Segmenter) {
  return new OpenPicture(ref, { grounder, segmenter }, () => Promise.resolve(blank(40, 30)))
}
const quiet = { signal: new AbortController().signal, report: () => undefined }

describe('propose', () => {
  it('grounds each prompt in turn and masks all boxes in one call', async () => {
    const grounder = fakeGrounder({ cat: [box(1, 1, 9, 9), box(20, 1, 30, 9)], dog: [box(1, 15, 12, 25)] })
    const segmenter = fakeSegmenter()
    const result = await propose(open(grounder, segmenter), { ...args, words: ['cat', 'dog'] }, quiet)
    expect(grounder.log).toEqual(['open', 'ground cat', 'ground dog'])
    expect(segmenter.log).toEqual(['open', 'segment 3'])
    expect(result.objects.map(({ prompt, box }) => [prompt, box])).toEqual([[0, box(1, 1, 9, 9)], [0, box(20, 1, 30, 9)], [1, box(1, 15, 12, 25)]])
    expect(rleToBitmap(result.objects[2]!.mask!).data).toEqual(maskOf(40, 30, box(1, 15, 12, 25)).data)
    expect(result.replies.map(({ text }) => text)).toEqual(['2 of cat', '1 of dog'])
  })

  it('of a picture made smaller for the models boxes and masks come in its own pixels', async () => {
    const grounder = fakeGrounder({ cat: [box(1, 1, 9, 9), box(50, 50, 60, 60)] })
    const segmenter = fakeSegmenter()
    const picture = new OpenPicture(ref, { grounder, segmenter }, () => Promise.resolve({ ...blank(40, 30), full: { width: 400, height: 600 } }))
    const seen: ProposeProgress[] = []
    const { objects } = await propose(picture, args, { ...quiet, report: (progress) => seen.push(progress) })
    expect(objects.map(({ box, originalBox }) => [box, originalBox])).toEqual([
      [box(10, 20, 90, 180), box(10, 20, 90, 180)],
      [box(400, 600, 400, 600), box(500, 1000, 600, 1200)],
    ])
    expect(objects[0]!.mask!.size).toEqual([600, 400])
    expect(rleToBitmap(objects[0]!.mask!).data).toEqual(maskOf(400, 600, box(10, 20, 90, 180)).data)
    expect(seen.flatMap((progress) => progress.box ?? [])[0]).toEqual(box(10, 20, 90, 180))

    const asked: unknown[] = []
    const listening = fakeSegmenter((prompts, { width, height }) => {
      asked.push(...prompts)
      return prompts.map(() => ({ mask: maskOf(width, height, box(2, 3, 4, 6)), score: 0.5 }))
    })
    const clicked = new OpenPicture(ref, { grounder, segmenter: listening }, () => Promise.resolve({ ...blank(40, 30), full: { width: 400, height: 600 } }))
    const prompt = { box: box(10, 20, 90, 180), points: [{ x: 50, y: 100, positive: true }] }
    const { masks } = await segment(clicked, { picture: ref, prompts: [prompt], speckPixels: 0 }, quiet.signal)
    expect(asked).toEqual([{ box: box(1, 1, 9, 9), points: [{ at: { x: 5, y: 5 }, positive: true }] }])
    expect(masks).toMatchObject([{ box: box(20, 60, 40, 120), mask: { size: [600, 400] } }])
  })

  it('reports its stages and each box as it comes', async () => {
    const seen: ProposeProgress[] = []
    const picture = open(fakeGrounder({ cat: [box(1, 1, 9, 9)] }), fakeSegmenter())
    await propose(picture, args, { ...quiet, report: (progress) => seen.push(progress) })
    expect(seen).toEqual([
      { stage: 'decode' },
      { stage: 'boxes' },
      { stage: 'boxes', prompt: 0 },
      { stage: 'boxes', prompt: 0, box: box(1, 1, 9, 9) },
      { stage: 'encode' },
      { stage: 'masks' },
    ])
  })

  it('answers "not found" with the reply and leaves the segmenter alone', async () => {
    const segmenter = fakeSegmenter()
    const result = await propose(open(fakeGrounder({}), segmenter), args, quiet)
    expect(result.objects).toEqual([])
    expect(result.replies[0]).toMatchObject({ words: 'cat', text: 'There are none.' })
    expect(segmenter.log).toEqual([])
  })

  it('tightens the box to the mask and keeps the box of the model', async () => {
    const segmenter = fakeSegmenter(() => [{ mask: maskOf(40, 30, box(3, 4, 8, 7)), score: 1.2 }])
    const { objects } = await propose(open(fakeGrounder({ cat: [box(1, 1, 9, 9)] }), segmenter), args, quiet)
    expect(objects[0]).toMatchObject({ box: box(3, 4, 8, 7), originalBox: box(1, 1, 9, 9), score: 1 })
  })

  it('keeps the box of an empty mask and says so', async () => {
    const segmenter = fakeSegmenter(() => [{ mask: maskOf(40, 30), score: 0.1 }])
    const { objects } = await propose(open(fakeGrounder({ cat: [box(1, 1, 9, 9)] }), segmenter), args, quiet)
    expect(objects).toEqual([{ prompt: 0, box: box(1, 1, 9, 9), originalBox: box(1, 1, 9, 9), mask: null, score: 0.1, notes: ['No mask was found in the box: the box is kept as it is.'] }])
  })

  it('clips boxes to the image, and gives each mask to its own box where some have no area', async () => {
    const grounder = fakeGrounder({ cat: [box(50, 5, 60, 9), box(30, 20, 60, 40)] })
    const segmenter = fakeSegmenter()
    const { objects } = await propose(open(grounder, segmenter), args, quiet)
    expect(segmenter.log).toContain('segment 1')
    expect(objects).toMatchObject([
      { box: box(40, 5, 40, 9), mask: null, notes: ['The box has no area inside the image: no mask was made.'] },
      { box: box(30, 20, 40, 30), originalBox: box(30, 20, 60, 40) },
    ])
  })

  it('removes specks and fills pinholes up to the given size', async () => {
    const mask = maskOf(40, 30, box(2, 2, 12, 12), box(30, 20, 32, 21))
    mask.data[5 * 40 + 5] = 0
    const picture = () => open(fakeGrounder({ cat: [box(1, 1, 39, 29)] }), fakeSegmenter(() => [{ mask: { ...mask, data: mask.data.slice() }, score: 1 }]))
    const cleaned = await propose(picture(), { ...args, speckPixels: 4 }, quiet)
    expect(rleToBitmap(cleaned.objects[0]!.mask!).data).toEqual(maskOf(40, 30, box(2, 2, 12, 12)).data)
    expect(cleaned.objects[0]!.box).toEqual(box(2, 2, 12, 12))
    const kept = await propose(picture(), args, quiet)
    expect(rleToBitmap(kept.objects[0]!.mask!).data).toEqual(mask.data)
  })

  it('merges one object found twice within one label, not across labels', async () => {
    const twice = { cat: [box(1, 1, 9, 9)], kitten: [box(1, 1, 9, 10)] }
    const words = ['cat', 'kitten']
    const apart = await propose(open(fakeGrounder(twice), fakeSegmenter()), { ...args, words }, quiet)
    expect(apart.objects).toHaveLength(2)
    const together = await propose(open(fakeGrounder(twice), fakeSegmenter()), { ...args, words, labels: ['animal', 'animal'] }, quiet)
    expect(together.objects).toHaveLength(1)
    expect(together.merged).toEqual([expect.stringContaining('animal')])
  })

  it.each([
    ['off', false, false],
    ['both', true, true],
    ['boxes', true, false],
    ['masks', false, true],
  ] as const)('grid %s: drawn for boxes %s, for masks %s', async (grid, forBoxes, forMasks) => {
    const grounder = fakeGrounder({ cat: [box(1, 1, 9, 9)] })
    const segmenter = fakeSegmenter()
    await propose(open(grounder, segmenter), { ...args, grid }, quiet)
    const isDrawn = (data: Uint8Array) => data.some((value) => value !== 200)
    expect([isDrawn(grounder.seen[0]!.data), isDrawn(segmenter.seen[0]!.data)]).toEqual([forBoxes, forMasks])
  })

  it('asks for nothing twice: a second prompt on one picture costs no encoding', async () => {
    const grounder = fakeGrounder({ cat: [box(1, 1, 9, 9)], dog: [box(20, 1, 30, 9)] })
    const segmenter = fakeSegmenter()
    const picture = open(grounder, segmenter)
    await propose(picture, args, quiet)
    await propose(picture, { ...args, words: ['dog'] }, quiet)
    expect(grounder.log.filter((line) => line === 'open')).toHaveLength(1)
    expect(segmenter.log.filter((line) => line === 'open')).toHaveLength(1)
  })

  it('stops between prompts when cancelled', async () => {
    const controller = new AbortController()
    const grounder = fakeGrounder({}, () => {
      controller.abort()
      return Promise.resolve()
    })
    const running = propose(open(grounder, fakeSegmenter()), { ...args, words: ['cat', 'dog'] }, { ...quiet, signal: controller.signal })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(grounder.log).toEqual(['open', 'ground cat'])
  })

  it('fails with the error of the picture, and works once the picture does', async () => {
    let broken = true
    const picture = new OpenPicture(ref, { grounder: fakeGrounder({}), segmenter: fakeSegmenter() }, () =>
      broken ? Promise.reject(new AppError('unreadable-image', 'a.png is cut short.')) : Promise.resolve(blank(40, 30)),
    )
    await expect(propose(picture, args, quiet)).rejects.toMatchObject({ code: 'unreadable-image' })
    broken = false
    expect((await propose(picture, args, quiet)).replies).toHaveLength(1)
  })
})

describe('segment', () => {
  it('gives one mask for each prompt, with the tight box, and the asked box where nothing was found', async () => {
    const masks = [maskOf(40, 30, box(3, 4, 8, 7)), maskOf(40, 30), maskOf(40, 30)]
    const segmenter = fakeSegmenter(() => masks.map((mask) => ({ mask, score: null })))
    const prompts = [
      { box: box(1, 1, 9, 9), points: [{ x: 2, y: 3, positive: false }] },
      { box: box(10, 10, 20, 20), points: [] },
      { box: null, points: [{ x: 2, y: 3, positive: true }] },
    ]
    const result = await segment(open(fakeGrounder({}), segmenter), { picture: ref, prompts, speckPixels: 0 }, quiet.signal)
    expect(result.masks.map(({ box }) => box)).toEqual([box(3, 4, 8, 7), box(10, 10, 20, 20), box(0, 0, 0, 0)])
    expect(rleToBitmap(result.masks[0]!.mask).data).toEqual(masks[0]!.data)
    expect(segmenter.log).toEqual(['open', 'segment 3'])
  })
})
