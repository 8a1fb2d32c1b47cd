import { beforeAll, describe, expect, it } from 'vitest'
import { openGrabCut } from '../../../src/core/inference/grabcut/index.ts'
import { cvScope, loadCv, type Mat } from '../../../src/core/inference/grabcut/opencv.ts'
import { grabWindow } from '../../../src/core/inference/grabcut/window.ts'
import type { MaskPrompt, RgbImage, Segmenter } from '../../../src/core/inference/seams.ts'
import { mean, pixelIou, readComposites, readPhotos, readRgb, readScenes, type GoldenPicture } from '../../golden/grabcut/goldens.ts'

const click = (x: number, y: number, positive = true) => ({ at: { x, y }, positive })
const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const inDisc = (x: number, y: number, cx: number, cy: number, r: number) => (x - cx) ** 2 + (y - cy) ** 2 < r * r

/** Two discs, red at (60, 60) and blue at (140, 60), of radius 30 on grey with a little texture. */
function twoDiscs(width = 200, height = 120): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    const x = i % width
    const y = Math.floor(i / width)
    const grain = (x * 7919 + y * 104729) % 23
    const colour = inDisc(x, y, 60, 60, 30) ? [190, 40, 50] : inDisc(x, y, 140, 60, 30) ? [40, 60, 190] : [120, 125, 118]
    data.set(colour.map((value) => value + grain), 3 * i)
  }
  return { width, height, data }
}

function disc(cx: number, cy: number, r: number, width = 200, height = 120): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => (inDisc(i % width, Math.floor(i / width), cx, cy, r) ? 1 : 0))
}

let grabcut: Segmenter
beforeAll(async () => {
  grabcut = await openGrabCut()
})

async function agreement(picture: GoldenPicture) {
  const session = await grabcut.open(await readRgb(picture.file))
  const masks = await session.segment(picture.objects.map((object) => ({ box: object.box, points: [] })))
  return picture.objects.map(({ opencv, truth, self }, i) => {
    const { data } = masks[i]!.mask
    return { self, opencv: pixelIou(data, opencv), lost: truth === null ? 0 : pixelIou(opencv, truth) - pixelIou(data, truth) }
  })
}

describe('against OpenCV at full size', () => {
  it('is within 0.02 of its masks, and of its distance to the truth, on textured scenes of 420 to 1600 px', async () => {
    const all = []
    for (const scene of readScenes()) all.push(...(await agreement(scene)))
    expect(all).toHaveLength(9)
    expect(mean(all.map(({ opencv }) => opencv))).toBeGreaterThan(0.98)
    expect(mean(all.map(({ lost }) => lost))).toBeLessThan(0.02)
  }, 180_000)

  // Measured on these nine: OpenCV 0.752, ours 0.771. Which cut GrabCut falls into is chance where colours are alike, so masks
  // are not compared with each other here but both with the truth.
  it('is no further from the truth than OpenCV by 0.02, on cut-outs pasted on photos', async () => {
    const all = []
    for (const composite of readComposites()) all.push(...(await agreement(composite)))
    expect(all).toHaveLength(9)
    expect(mean(all.map(({ lost }) => lost))).toBeLessThan(0.02)
  }, 180_000)

  const photos = readPhotos()
  // Boxes where moving the box by a pixel or another seed leaves OpenCV's own mask at IoU > 0.97 (six of ten; goldens.json,
  // `self`). Measured there: mean 0.956, least 0.867, so full agreement (0.98) is NOT reached on photos. Of the others, the
  // three of cars.jpg are a lottery: at 150,000 pixels OpenCV agrees with itself 0.64 to 0.67 on two of them after a pixel,
  // and loses the third whole; ours has 0.52 to 0.59 of its full-size masks there.
  it.skipIf(photos.length === 0)('is close to its masks on photos where these are steady (skipped where ../shared/testdata/photos is absent)', async () => {
    const all = []
    for (const photo of photos) all.push(...(await agreement(photo)))
    const steady = all.filter(({ self }) => self > 0.97)
    expect(steady).toHaveLength(6)
    expect(mean(steady.map(({ opencv }) => opencv))).toBeGreaterThan(0.94)
  }, 180_000)
})

describe('boxes and clicks', () => {
  it('finds the object in a box, gives no score, and the same mask every time', async () => {
    const session = await grabcut.open(twoDiscs())
    const prompt = { box: box(25, 25, 95, 95), points: [] }
    const [first, second] = await session.segment([prompt, prompt])
    expect(pixelIou(first!.mask.data, disc(60, 60, 30))).toBeGreaterThan(0.97)
    expect(first!.score).toBeNull()
    expect(second).toEqual(first)
  })

  it('leaves out what a negative click lies on, and takes what a positive one lies on', async () => {
    const session = await grabcut.open(twoDiscs())
    const both = box(20, 20, 180, 100)
    const [open, without] = await session.segment([
      { box: both, points: [] },
      { box: both, points: [click(60, 60), click(140, 60, false), click(125, 60, false), click(155, 60, false)] },
    ])
    const left = disc(60, 60, 30)
    const right = disc(140, 60, 30)
    expect(pixelIou(open!.mask.data, left.map((value, i) => value | right[i]!))).toBeGreaterThan(0.95)
    expect(pixelIou(without!.mask.data, left)).toBeGreaterThan(0.95)
  })

  it('marks what one click is on', async () => {
    const session = await grabcut.open(twoDiscs())
    const [clicked] = await session.segment([{ box: null, points: [click(60, 60)] }])
    expect(pixelIou(clicked!.mask.data, disc(60, 60, 30))).toBeGreaterThan(0.9)
  })

  it('looks at a quarter of the shorter side around clicks alone', () => {
    const { object } = grabWindow({ box: null, points: [click(500, 300), click(10, 10, false)] }, { width: 1000, height: 600 })
    expect(object).toEqual(box(350, 150, 650, 450))
  })

  it('works at a reduced size on large images only', () => {
    const small = grabWindow({ box: box(50, 50, 150, 150), points: [] }, { width: 300, height: 300 })
    const whole = { width: small.view.x1 - small.view.x0, height: small.view.y1 - small.view.y0 }
    expect(small).toMatchObject({ coarse: whole, rim: whole })
    const large = grabWindow({ box: box(500, 500, 5500, 3500), points: [] }, { width: 6000, height: 4000 })
    expect(large.view).toEqual(box(0, 0, 6000, 4000))
    expect(large.coarse.width * large.coarse.height).toBeLessThan(101_000)
    expect(large.rim.width * large.rim.height).toBeLessThan(810_000)
  })

  it.each<[string, MaskPrompt]>([
    ['the whole image', { box: box(-5, -5, 500, 500), points: [] }],
    ['one pixel', { box: box(60, 60, 61, 61), points: [] }],
    ['a line', { box: box(10, 60, 190, 61), points: [] }],
    ['a click in the corner', { box: null, points: [click(0, 0)] }],
    ['a click outside the box', { box: box(25, 25, 95, 95), points: [click(190, 110), click(60, 60, false)] }],
  ])('takes %s', async (_, prompt) => {
    const session = await grabcut.open(twoDiscs())
    const [found] = await session.segment([prompt])
    expect(found!.mask.data).toHaveLength(200 * 120)
    for (const { at, positive } of prompt.points) expect(found!.mask.data[at.y * 200 + at.x]).toBe(positive ? 1 : 0)
  })

  it('gives the box itself where it is too small to learn colours from, and nothing outside the image', async () => {
    const session = await grabcut.open(twoDiscs())
    const [tiny, outside] = await session.segment([
      { box: box(60, 60, 63, 62), points: [] },
      { box: box(300, 0, 320, 20), points: [] },
    ])
    expect(tiny!.mask.data.reduce((a, b) => a + b, 0)).toBe(6)
    expect(outside!.mask.data.includes(1)).toBe(false)
  })

  it('refuses a prompt that marks nothing, and stops where it is cancelled', async () => {
    const session = await grabcut.open(twoDiscs())
    await expect(session.segment([{ box: null, points: [] }])).rejects.toMatchObject({ code: 'invalid-argument' })
    const whole = { box: box(0, 0, 50, 50), points: [] }
    await expect(session.segment([whole], AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('cvScope', () => {
  it("frees every Mat and tells OpenCV's own words when it fails", async () => {
    const cv = await loadCv()
    let kept: Mat | undefined
    const fail = () =>
      cvScope(cv, (keep) => {
        kept = keep(new cv.Mat(2, 2, cv.CV_8UC1))
        cv.resize(kept, keep(new cv.Mat()), new cv.Size(0, 0), 0, 0, cv.INTER_LINEAR)
      })
    expect(fail).toThrow(/^OpenCV failed: .*resize/s)
    expect(kept!.isDeleted()).toBe(true)
  })
})
