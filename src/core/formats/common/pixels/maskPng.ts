/** PNG files of other tools whose pixels are numbers or colours of classes and objects. For readers; `indexedPng.ts` writes. */
import { inflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import { AppError } from '../../../../shared/errors.ts'
import type { Size } from '../../../../shared/geometry.ts'
import { pixelCount } from '../../../../shared/rle.ts'
import type { Runs } from '../../../../shared/rle.ts'

/** 0xrrggbb. */
export type Rgb = number

export interface MaskPng extends Size {
  /** What `numbers` are: places in the palette, grey values, or colours. */
  readonly kind: 'indexed' | 'grey' | 'rgb'
  /** One number a pixel, row-major; colours as 0xrrggbb, 0 where the file is transparent. */
  readonly numbers: Uint8Array | Uint16Array | Uint32Array
  /** By number; empty unless the file is indexed. */
  readonly palette: readonly Rgb[]
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
/** The only chunks that pixels depend on; the rest is not even unpacked. */
const NEEDED = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND'])
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const MOST_PIXELS = 2 ** 29
const MOST_NUMBERS = 2 ** 16

interface Header extends Size {
  readonly depth: number
  readonly colorType: number
}

/** @throws AppError invalid-dataset, naming `file`, for what is no PNG, is damaged, or is larger than it can be */
export function readMaskPng(bytes: Buffer, file: string): MaskPng {
  try {
    const chunks = [...chunksOf(bytes)]
    const header = headerOf(chunks)
    requireAllPixels(chunks, header)
    const { data, palette } = decode(Buffer.concat([SIGNATURE, ...chunks.map(({ whole }) => whole)]), { checkCrc: true })
    return { ...numbersOf(data, header), palette: (palette ?? []).map(([r, g, b]) => rgb(r!, g!, b!)) }
  } catch (error) {
    throw new AppError('invalid-dataset', `${file} can't be read as a PNG mask: ${(error as Error).message}`, { file }, error)
  }
}

interface Chunk {
  readonly type: string
  readonly data: Buffer
  readonly whole: Buffer
}

function* chunksOf(bytes: Buffer): Iterable<Chunk> {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('it does not begin like a PNG file')
  for (let at = 8; at < bytes.length;) {
    if (at + 12 > bytes.length) throw new Error('it is cut off')
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new Error('it is cut off')
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (NEEDED.has(type)) yield { type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) }
    if (type === 'IEND') return
    at = end
  }
  throw new Error('it is cut off')
}

function headerOf([first]: readonly Chunk[]): Header {
  if (first?.type !== 'IHDR' || first.data.length !== 13) throw new Error('it has no header')
  const header = {
    width: first.data.readUInt32BE(0),
    height: first.data.readUInt32BE(4),
    depth: first.data[8]!,
    colorType: first.data[9]!,
  }
  const pixels = header.width * header.height
  if (pixels === 0 || pixels > MOST_PIXELS) throw new Error(`${header.width} x ${header.height} pixels is no size of a mask`)
  if (!(header.colorType in CHANNELS) || ![1, 2, 4, 8, 16].includes(header.depth))
    throw new Error('its kind of pixels is unknown')
  if (first.data[12] !== 0 && header.depth < 8) throw new Error('it is interlaced; save it without')
  return header
}

/** Unpacks as much as the header promises and no more, so that a small file can't fill the memory. */
function requireAllPixels(chunks: readonly Chunk[], { width, height, depth, colorType }: Header): void {
  const rowBytes = Math.ceil((width * depth * CHANNELS[colorType]!) / 8) + 1
  // Interlaced files have up to seven shorter pictures, each row with its own filter byte.
  const isInterlaced = chunks[0]!.data[12] !== 0
  const most = rowBytes * height + (isInterlaced ? 2 * height + 7 * rowBytes : 0)
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  const { length } = inflateSync(packed, { maxOutputLength: most })
  if (!isInterlaced && length !== most) throw new Error('pixels are missing')
}

function numbersOf(data: ArrayLike<number>, header: Header): Omit<MaskPng, 'palette'> {
  const { width, height, depth, colorType } = header
  const size = { width, height }
  if (colorType === 3) return { ...size, kind: 'indexed', numbers: depth < 8 ? unpack(data, header) : Uint8Array.from(data) }
  if (colorType === 0 && depth < 8)
    return { ...size, kind: 'grey', numbers: unpack(data, header).map((value) => (value * 255) / (2 ** depth - 1)) }
  if (colorType === 0 || colorType === 4) {
    const grey = depth === 16 ? new Uint16Array(width * height) : new Uint8Array(width * height)
    for (let i = 0, at = 0; i < grey.length; i++, at += CHANNELS[colorType]!)
      grey[i] = colorType === 4 && data[at + 1] === 0 ? 0 : data[at]!
    return { ...size, kind: 'grey', numbers: grey }
  }
  return { ...size, kind: 'rgb', numbers: colorsOf(data, header) }
}

function colorsOf(data: ArrayLike<number>, { width, height, depth, colorType }: Header): Uint32Array {
  const colors = new Uint32Array(width * height)
  const shift = depth - 8
  for (let i = 0, at = 0; i < colors.length; i++, at += CHANNELS[colorType]!) {
    const isClear = colorType === 6 && data[at + 3] === 0
    colors[i] = isClear ? 0 : rgb(data[at]! >> shift, data[at + 1]! >> shift, data[at + 2]! >> shift)
  }
  return colors
}

/** Numbers of 1, 2 or 4 bits, the first pixel in the highest bits; each row begins a byte. */
function unpack(data: ArrayLike<number>, { width, height, depth }: Header): Uint8Array {
  const numbers = new Uint8Array(width * height)
  const rowBytes = Math.ceil((width * depth) / 8)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const bit = x * depth
      numbers[at] = (data[y * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
    }
  }
  return numbers
}

export function rgb(r: number, g: number, b: number): Rgb {
  return (r << 16) | (g << 8) | b
}

/** 'number 2', 'colour 128,0,0'. */
export function placeOf({ kind }: MaskPng, number: number): string {
  return kind === 'rgb' ? `colour ${[number >> 16, (number >> 8) & 255, number & 255].join(',')}` : `number ${number}`
}

/**
 * The pixels of each number, in ascending order of numbers.
 * @throws AppError invalid-dataset, naming `file`, where there are so many that it must be a picture
 */
export function runsByNumber({ width, height, numbers }: MaskPng, file: string): Map<number, Runs> {
  const total = pixelCount(width, height)
  const found = new Map<number, { counts: number[]; end: number }>()
  const close = (number: number, start: number, end: number) => {
    const runs = found.get(number) ?? { counts: [], end: 0 }
    if (runs.end === 0 && found.size >= MOST_NUMBERS)
      throw new AppError('invalid-dataset', `${file} has more than ${MOST_NUMBERS} colours: it is a picture and not a mask.`, {
        file,
      })
    runs.counts.push(start - runs.end, end - start)
    runs.end = end
    found.set(number, runs)
  }
  let start = 0
  let current = numbers[0]!
  for (let x = 0, at = 0; x < width; x++) {
    for (let y = 0, i = x; y < height; y++, i += width, at++) {
      if (numbers[i] === current) continue
      close(current, start, at)
      current = numbers[i]!
      start = at
    }
  }
  close(current, start, total)
  const whole = ({ counts, end }: { counts: number[]; end: number }) =>
    Uint32Array.from(end < total ? [...counts, total - end] : counts)
  return new Map([...found].sort(([a], [b]) => a - b).map(([number, runs]) => [number, { width, height, counts: whole(runs) }]))
}
