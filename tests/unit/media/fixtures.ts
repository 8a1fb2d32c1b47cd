/** Small pictures made on the spot, in a folder that goes away with the test file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll } from 'vitest'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-media-'))
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

export function saved(folder: string, name: string, bytes: Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

/** Four flat quarters: red, green / blue, white. 8-bit RGB, [height, width, 3]. */
export function quarters(width: number, height: number): { width: number; height: number; data: Uint8Array } {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const right = x >= width / 2
      const below = y >= height / 2
      data.set(right ? (below ? [255, 255, 255] : [0, 255, 0]) : below ? [0, 0, 255] : [255, 0, 0], (y * width + x) * 3)
    }
  }
  return { width, height, data }
}

export function fromRgb({ width, height, data }: { width: number; height: number; data: Uint8Array }) {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** Bytes of 32 bits and less, little-endian, in one go: [value, bytes]. */
function packed(fields: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat(fields.map(([value, bytes]) => {
    const field = Buffer.alloc(4)
    field.writeUInt32LE(value >>> 0)
    return field.subarray(0, bytes)
  }))
}

interface TiffPage {
  readonly width: number
  readonly height: number
  readonly bits: number
  /** 1 unsigned, 2 signed, 3 floating. */
  readonly sampleFormat: number
  readonly compression?: number
  readonly orientation?: number
  readonly samples: Buffer
}

/** An uncompressed grey TIFF of one strip a page (TIFF 6.0). */
export function greyTiff(pages: readonly TiffPage[]): Buffer {
  const chunks: Uint8Array[] = [Buffer.from('II*\0', 'latin1')]
  let at = 8
  for (const [index, page] of pages.entries()) {
    const tags: [number, number, number][] = [
      [256, 4, page.width], [257, 4, page.height], [258, 3, page.bits], [259, 3, page.compression ?? 1], [262, 3, 1],
      [273, 4, at], [274, 3, page.orientation ?? 1], [277, 3, 1], [278, 4, page.height], [279, 4, page.samples.length], [339, 3, page.sampleFormat],
    ]
    const ifdAt = at + page.samples.length
    const next = ifdAt + 2 + tags.length * 12 + 4
    const entries = tags.flatMap(([tag, type, value]) => [[tag, 2], [type, 2], [1, 4], [value, 4]] as [number, number][])
    chunks.push(packed([[ifdAt, 4]]), page.samples, packed([[tags.length, 2], ...entries]))
    if (index === pages.length - 1) chunks.push(packed([[0, 4]]))
    at = next
  }
  return Buffer.concat(chunks)
}

interface BmpOptions {
  readonly width: number
  /** Negative: rows from the top. */
  readonly height: number
  readonly bits: number
  readonly compression?: number
  /** After the 40-byte header: masks or palette. */
  readonly extra?: Buffer
  readonly pixels: Buffer
}

export function bmp({ width, height, bits, compression = 0, extra = Buffer.alloc(0), pixels }: BmpOptions): Buffer {
  const pixelsAt = 54 + extra.length
  const header = packed([
    [0x4d42, 2], [pixelsAt + pixels.length, 4], [0, 4], [pixelsAt, 4],
    [40, 4], [width, 4], [height, 4], [1, 2], [bits, 2], [compression, 4], [pixels.length, 4], [2835, 4], [2835, 4], [0, 4], [0, 4],
  ])
  return Buffer.concat([header, extra, pixels])
}
