/**
 * Windows bitmaps, uncompressed: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits with or without channel masks, either row
 * order. (libvips reads none; fast-bmp takes 8-bit pictures for grey and ignores palettes.) Layout: BITMAPINFOHEADER, Microsoft.
 */
import { readFile } from 'node:fs/promises'
import type { RgbImage } from '../inference/seams.ts'
import { cutShort, damaged, fileError, refusedFormat } from './imageErrors.ts'

export interface BmpHeader {
  readonly width: number
  readonly height: number
  /** Rows run from the top; the usual order is from the bottom. */
  readonly topDown: boolean
  readonly bitsPerPixel: number
  /** Red, green and blue bits of a 16- or 32-bit pixel. */
  readonly masks: readonly [number, number, number]
  readonly pixelsAt: number
  readonly palette: { readonly at: number; readonly entryBytes: number }
}

const UNCOMPRESSED = 0
const BIT_FIELDS = 3

/** `head`: the first bytes of `file`, 66 or more unless the file ends before. */
export function readBmpHeader(head: Buffer, file: string): BmpHeader {
  const infoBytes = head.readUInt32LE(14)
  const old = infoBytes === 12
  if (head.length < 14 + infoBytes) throw cutShort(file, 'its header is incomplete')
  const bitsPerPixel = head.readUInt16LE(old ? 24 : 28)
  const compression = old ? UNCOMPRESSED : head.readUInt32LE(30)
  if (compression !== UNCOMPRESSED && compression !== BIT_FIELDS) throw refusedFormat(file, 'a compressed BMP')
  if (![1, 4, 8, 16, 24, 32].includes(bitsPerPixel)) throw damaged(file, `${bitsPerPixel} bits per pixel`)
  const width = old ? head.readUInt16LE(18) : head.readInt32LE(18)
  const height = old ? head.readUInt16LE(20) : head.readInt32LE(22)
  if (width <= 0 || height === 0) throw damaged(file, `a size of ${width} x ${height}`)
  const masksAfterHeader = compression === BIT_FIELDS && infoBytes === 40 ? 12 : 0
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bitsPerPixel,
    masks: compression === BIT_FIELDS ? readMasks(head, file) : defaultMasks(bitsPerPixel),
    pixelsAt: head.readUInt32LE(10),
    palette: { at: 14 + infoBytes + masksAfterHeader, entryBytes: old ? 3 : 4 },
  }
}

function readMasks(head: Buffer, file: string): [number, number, number] {
  if (head.length < 66) throw cutShort(file, 'its header is incomplete')
  return [head.readUInt32LE(54), head.readUInt32LE(58), head.readUInt32LE(62)]
}

function defaultMasks(bitsPerPixel: number): [number, number, number] {
  return bitsPerPixel === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff]
}

/** Reads the whole file. The fourth byte of a 32-bit pixel is padding to most writers and is not used as alpha. */
export async function decodeBmp(file: string, header: BmpHeader): Promise<RgbImage> {
  const bytes = await readFile(file).catch((error: unknown): never => { throw fileError(error, file) })
  const { width, height, bitsPerPixel, pixelsAt } = header
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4
  if (bytes.length < pixelsAt + rowBytes * height) throw cutShort(file, 'rows are missing')
  const data = new Uint8Array(width * height * 3)
  const writeRow = rowWriter(bytes, header)
  for (let row = 0; row < height; row++) {
    writeRow(pixelsAt + row * rowBytes, data, (header.topDown ? row : height - 1 - row) * width * 3)
  }
  return { width, height, data }
}

type RowWriter = (from: number, data: Uint8Array, to: number) => void

function rowWriter(bytes: Buffer, header: BmpHeader): RowWriter {
  if (header.bitsPerPixel <= 8) return paletteRows(bytes, header)
  if (header.bitsPerPixel === 24) return rgbRows(bytes, header.width)
  return maskedRows(bytes, header)
}

function rgbRows(bytes: Buffer, width: number): RowWriter {
  return (from, data, to) => {
    for (let end = from + width * 3; from < end; from += 3, to += 3) {
      data[to] = bytes[from + 2]!
      data[to + 1] = bytes[from + 1]!
      data[to + 2] = bytes[from]!
    }
  }
}

/** Colours past the palette's end are black. */
function paletteRows(bytes: Buffer, { width, bitsPerPixel, palette, pixelsAt }: BmpHeader): RowWriter {
  const colours = bytes.subarray(palette.at, pixelsAt)
  const perByte = 8 / bitsPerPixel
  return (from, data, to) => {
    for (let x = 0; x < width; x++, to += 3) {
      const shift = 8 - bitsPerPixel * ((x % perByte) + 1)
      const index = (bytes[from + Math.floor(x / perByte)]! >> shift) & ((1 << bitsPerPixel) - 1)
      for (let channel = 0; channel < 3; channel++) data[to + channel] = colours[index * palette.entryBytes + 2 - channel] ?? 0
    }
  }
}

function maskedRows(bytes: Buffer, { width, bitsPerPixel, masks }: BmpHeader): RowWriter {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
    return { mask, shift, max: Math.max(1, mask >>> shift) }
  })
  const step = bitsPerPixel / 8
  return (from, data, to) => {
    for (let end = from + width * step; from < end; from += step, to += 3) {
      const pixel = step === 2 ? bytes.readUInt16LE(from) : bytes.readUInt32LE(from)
      for (let channel = 0; channel < 3; channel++) {
        const { mask, shift, max } = channels[channel]!
        data[to + channel] = Math.round((((pixel & mask) >>> shift) * 255) / max)
      }
    }
  }
}
