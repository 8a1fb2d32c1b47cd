/** What the bench's projects hold: made cheaply, the same in every run. */
import { link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Project } from '../src/core/store/project.ts'
import type { ScannedImage } from '../src/core/store/images.ts'
import { EMPTY_CHANGES } from '../src/shared/changes.ts'
import { UNMARKED, type Annotation, type AnnotationId, type ImageId, type LabelId } from '../src/shared/model.ts'
import { polygonBox } from '../src/shared/polygons.ts'
import { bitmapToRle } from '../src/shared/rleString.ts'

export const SIZE = { width: 1600, height: 1200 } as const
/** Neighbours in a list are told apart by these. */
export const COLOURS = [[200, 60, 60], [60, 160, 70], [60, 90, 200], [210, 180, 60]] as const
/** File systems allow 65,000 names of a file, some fewer. */
const LINKS = 20_000
const BATCH = 500

/** Numbers from 0 to 1, the same in every run. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

/** A JPEG like a photo in its detail, with one colour in its middle. */
export async function photo(colour: readonly [number, number, number], { width, height } = SIZE as { width: number; height: number }): Promise<Buffer> {
  const random = randomOf(width)
  const noise = Buffer.from(Array.from({ length: (width / 8) * (height / 8) * 3 }, () => Math.floor(random() * 256)))
  const [r, g, b] = colour
  const flat = { create: { width: Math.floor(width / 4), height: Math.floor(height / 4), channels: 3 as const, background: { r, g, b } } }
  const detail = sharp(noise, { raw: { width: width / 8, height: height / 8, channels: 3 } }).resize(width, height, { kernel: 'cubic' })
  return detail.composite([{ input: await sharp(flat).png().toBuffer() }]).jpeg({ quality: 88 }).toBuffer()
}

/** The n-th image (from 0) has the colour n modulo the number of colours. Files are hard links: a hundred thousand are few bytes. */
export async function fillWithImages(project: Project, folder: string, count: number): Promise<ImageId[]> {
  const pictures = await Promise.all(COLOURS.map((colour) => photo(colour)))
  const root = join(folder, 'images')
  await mkdir(root)
  const source = project.sources.add(root).id
  const facts = { ...SIZE, mtime: 1.7e12, contentHash: null, orientation: 1, depth: 8, frames: 1, status: 'ok', problem: null } as const
  const ids: ImageId[] = []
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => from + i)
    const rows: ScannedImage[] = await Promise.all(
      batch.map(async (n) => {
        const colour = n % COLOURS.length
        const path = `${String(Math.floor(n / 1000)).padStart(3, '0')}/${String(n).padStart(6, '0')}.jpg`
        await placeFile(root, path, pictures[colour]!, `${String(colour)}-${String(Math.floor(n / LINKS / COLOURS.length))}.jpg`)
        return { ...facts, path, size: pictures[colour]!.length }
      }),
    )
    ids.push(...project.images.upsert(source, rows).ids)
  }
  return ids
}

const written = new Map<string, Promise<void>>()

async function once(key: string, work: () => Promise<unknown>): Promise<void> {
  if (!written.has(key)) written.set(key, work().then(() => undefined))
  await written.get(key)
}

async function placeFile(root: string, path: string, bytes: Buffer, original: string): Promise<void> {
  const first = join(root, original)
  const folder = join(root, path, '..')
  await Promise.all([once(first, () => writeFile(first, bytes)), once(folder, () => mkdir(folder, { recursive: true }))])
  await link(first, join(root, path))
}

const idOf = (imageId: number, n: number) => `00000000-0000-4000-8000-${(imageId * 10_000 + n).toString(16).padStart(12, '0')}` as AnnotationId

export function accepted(imageId: ImageId, labelId: LabelId, n: number, over: Partial<Annotation> & Pick<Annotation, 'box'>): Annotation {
  const base = { frame: 0, mask: null, polygon: null, state: 'accepted', origin: 'drawn', score: null, provenanceId: null } as const
  return { ...base, ...UNMARKED, id: idOf(imageId, n), imageId, labelId, z: n, ...over }
}

export function store(project: Project, imageId: ImageId, added: readonly Annotation[]): void {
  project.annotations.apply({ imageId, baseRevision: 0, changes: { ...EMPTY_CHANGES, added }, actor: 'bench', reason: 'fill' })
}

/** Rings of 24 corners all over an image. */
export function scatteredRings(count: number, { width, height }: { width: number; height: number }): number[][] {
  const random = randomOf(7)
  const reach = 1.2 * Math.sqrt((width * height) / count)
  return Array.from({ length: count }, () => {
    const [cx, cy, radius] = [random() * width, random() * height, reach * (0.3 + random())]
    return Array.from({ length: 24 }, (_, corner) => {
      const [angle, r] = [(corner / 24) * 2 * Math.PI, radius * (0.7 + 0.3 * random())]
      return [Math.min(width, Math.max(0, cx + r * Math.cos(angle))), Math.min(height, Math.max(0, cy + r * Math.sin(angle)))]
    }).flat()
  })
}

export function polygons(imageId: ImageId, labels: readonly LabelId[], rings: readonly number[][]): Annotation[] {
  return rings.map((ring, n) => accepted(imageId, labels[n % labels.length]!, n, { box: polygonBox([ring]), polygon: [ring] }))
}

/** A filled ellipse as a segmenter would give it. */
export function ellipse(imageId: ImageId, labelId: LabelId, n: number, { width, height } = SIZE as { width: number; height: number }): Annotation {
  const random = randomOf(imageId * 31 + n)
  const [rx, ry] = [width * (0.05 + 0.1 * random()), height * (0.05 + 0.1 * random())]
  const [cx, cy] = [rx + random() * (width - 2 * rx), ry + random() * (height - 2 * ry)]
  const data = new Uint8Array(width * height)
  for (let y = Math.ceil(cy - ry); y < cy + ry; y++) {
    const half = rx * Math.sqrt(Math.max(0, 1 - ((y - cy) / ry) ** 2))
    data.fill(1, y * width + Math.round(cx - half), y * width + Math.round(cx + half))
  }
  const box = { x0: Math.round(cx - rx), y0: Math.ceil(cy - ry), x1: Math.round(cx + rx), y1: Math.ceil(cy + ry) }
  return accepted(imageId, labelId, n, { box, mask: bitmapToRle({ width, height, data }), origin: 'model' })
}
