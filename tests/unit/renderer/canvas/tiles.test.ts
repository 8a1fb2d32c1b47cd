/** Tiles that come and go, with a browser's images played by the test: few at once, none without need, none left behind. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { elementOf } from '../../../../src/renderer/canvas/pictures.ts'
import { Tiles, type TileSource } from '../../../../src/renderer/canvas/tiles.ts'
import type { ImageId } from '../../../../src/shared/model.ts'

const SOURCE: TileSource = { imageId: 7 as ImageId, frame: 2, size: { width: 20_000, height: 3000 }, window: null }
const at = (x: number, y = 0) => ({ x0: x, y0: y, x1: x + 1500, y1: y + 900 })

/** An image element whose picture comes when the test says so. */
class PlayedImage {
  static readonly all: PlayedImage[] = []
  src = ''
  settle!: { come: () => void; fail: () => void }
  readonly #decoded = new Promise<void>((resolve, reject) => (this.settle = { come: resolve, fail: () => reject(new Error('gone')) }))

  constructor() {
    PlayedImage.all.push(this)
  }

  decode(): Promise<void> {
    return this.#decoded
  }
}

let open = 0
let failures = 0
let changes = 0
beforeEach(() => {
  PlayedImage.all.length = 0
  open = failures = changes = 0
  vi.stubGlobal('Image', PlayedImage)
  vi.stubGlobal('createImageBitmap', () => {
    open++
    return Promise.resolve({ width: 512, height: 512, close: () => open-- })
  })
})
afterEach(() => vi.unstubAllGlobals())

const tilesOf = () => {
  const tiles = new Tiles(() => changes++, () => failures++)
  tiles.show(SOURCE)
  return tiles
}
const waiting = () => PlayedImage.all.filter(({ src }) => src !== '')
const pause = () => new Promise((resolve) => setImmediate(resolve))

/** Lets all come that is asked for, until nothing more is. */
async function load(tiles: Tiles, part: ReturnType<typeof at>, level: number | null) {
  for (let come = -1; come !== PlayedImage.all.length; await pause()) {
    come = PlayedImage.all.length
    for (const image of waiting()) image.settle.come()
    await pause()
    tiles.in(part, level)
  }
  return tiles.in(part, level)
}

describe('pictures of another origin', () => {
  it('are asked for so that what is drawn of them can be read back', () => {
    expect((elementOf('media://image/1') as Partial<HTMLImageElement>).crossOrigin).toBe('anonymous')
    expect((elementOf('/media/image/1') as Partial<HTMLImageElement>).crossOrigin).toBeUndefined()
    const tiles = new Tiles(() => undefined, () => undefined)
    tiles.show(SOURCE)
    tiles.in(at(0), 0)
    expect(PlayedImage.all.at(-1)?.src).toMatch(/^\/media\/tile/)
  })
})

describe('tiles', () => {
  it('are asked for by image, frame, level and place, three at once, and where the overview is enough only the one of all', async () => {
    const tiles = tilesOf()
    expect(tiles.in(at(0), null)).toEqual([])
    expect(waiting().map(({ src }) => src)).toEqual(['/media/tile/7/6/0/0?frame=2'])
    tiles.in(at(600), 0)
    expect(waiting()).toHaveLength(3)
    expect(waiting().map(({ src }) => src)).toContain('/media/tile/7/0/1/0?frame=2')
    const placed = await load(tiles, at(600), 0)
    expect(placed.map(({ box }) => [box.x0, box.y0])).toEqual([[512, 0], [1024, 0], [1536, 0], [2048, 0], [512, 512], [1024, 512], [1536, 512], [2048, 512]])
    expect(changes).toBeGreaterThanOrEqual(9)
  })

  it('out of sight before they came are no longer waited for', () => {
    const tiles = tilesOf()
    tiles.in(at(0), 0)
    const first = waiting()
    tiles.in(at(10_000), 0)
    expect(first.filter(({ src }) => src !== '')).toEqual([])
    expect(waiting()).toHaveLength(3)
  })

  it('stay few, however far one wanders, and go with their picture', async () => {
    const tiles = tilesOf()
    for (let x = 0; x < 20_000; x += 1000) {
      await load(tiles, at(x), 0)
      await load(tiles, at(x, 1500), 0)
    }
    expect(PlayedImage.all.length).toBeGreaterThan(150)
    expect(open).toBeLessThanOrEqual(64 + 13)
    tiles.show({ ...SOURCE, window: { low: 1, high: 5 } })
    expect(open).toBe(0)
  })

  it('coarser ones stand in for those on their way', async () => {
    const tiles = tilesOf()
    await load(tiles, at(0), 2)
    const placed = tiles.in(at(0), 0)
    expect(placed.map(({ box }) => box.x1 - box.x0)).toEqual([2048])
  })

  it('that do not come are said once and not asked for again', async () => {
    const tiles = tilesOf()
    tiles.in(at(0), 0)
    for (const image of waiting()) image.settle.fail()
    await pause()
    const asked = PlayedImage.all.length
    tiles.in(at(0), 0)
    expect([failures, PlayedImage.all.slice(0, asked).every(({ src }) => PlayedImage.all.filter((other) => other.src === src).length === 1)]).toEqual([1, true])
  })
})
