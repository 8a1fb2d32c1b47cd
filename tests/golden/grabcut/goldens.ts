/** Reads what OpenCV itself made of the scenes and photos (make_goldens.py). */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { RgbImage } from '../../../src/core/inference/seams.ts'
import type { Box } from '../../../src/shared/geometry.ts'

const here = import.meta.dirname
const PHOTOS = join(here, '../../../../shared/testdata/photos')

interface Stored {
  readonly box: [number, number, number, number]
  readonly grabcut: readonly number[]
  readonly truth?: readonly number[]
  readonly self?: number
}

interface StoredGoldens {
  readonly composites: Readonly<Record<string, readonly Stored[]>>
  readonly scenes: Readonly<Record<string, readonly Stored[]>>
  readonly photos: Readonly<Record<string, { readonly sha256: string; readonly objects: readonly Stored[] }>>
}

export interface GoldenObject {
  readonly box: Box
  /** Pixels 0/1 of OpenCV's mask at full size. */
  readonly opencv: Uint8Array
  /** Where the scene was made here. */
  readonly truth: Uint8Array | null
  /** On photos: the least IoU of OpenCV's mask with its own after another seed and after moving the box by one pixel; 0 unknown. */
  readonly self: number
}

export interface GoldenPicture {
  readonly name: string
  readonly file: string
  readonly objects: readonly GoldenObject[]
}

function pixels(runs: readonly number[]): Uint8Array {
  const data = new Uint8Array(runs.reduce((a, b) => a + b, 0))
  let at = 0
  runs.forEach((length, i) => {
    data.fill(i % 2, at, at + length)
    at += length
  })
  return data
}

function readObject({ box, grabcut, truth, self = 0 }: Stored): GoldenObject {
  const [x0, y0, x1, y1] = box
  return { box: { x0, y0, x1, y1 }, opencv: pixels(grabcut), truth: truth ? pixels(truth) : null, self }
}

function stored(): StoredGoldens {
  return JSON.parse(readFileSync(join(here, 'goldens.json'), 'utf8')) as StoredGoldens
}

function drawn(pictures: Readonly<Record<string, readonly Stored[]>>): GoldenPicture[] {
  return Object.entries(pictures).map(([name, objects]) => ({ name, file: join(here, `${name}.jpg`), objects: objects.map(readObject) }))
}

export function readScenes(): GoldenPicture[] {
  return drawn(stored().scenes)
}

/** Photos with cut-outs of other photos pasted on, so that the truth is known. */
export function readComposites(): GoldenPicture[] {
  return drawn(stored().composites)
}

/** The photos that are on this machine and are those the goldens were made from. */
export function readPhotos(): GoldenPicture[] {
  return Object.entries(stored().photos).flatMap(([name, { sha256, objects }]) => {
    const file = join(PHOTOS, name)
    const same = existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sha256
    return same ? [{ name, file, objects: objects.map(readObject) }] : []
  })
}

export async function readRgb(file: string): Promise<RgbImage> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

export function pixelIou(a: Uint8Array, b: Uint8Array): number {
  let common = 0
  let union = 0
  for (let i = 0; i < a.length; i++) {
    common += a[i]! & b[i]!
    union += a[i]! | b[i]!
  }
  return union > 0 ? common / union : 1
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}
