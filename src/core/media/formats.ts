/** What kind of picture a file is, told by its first bytes and never by its name. */

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'bmp' | 'avif'

/** Endings that a folder scan takes for pictures, lower case. HEIC is listed so that it is refused with words, not passed over. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png gif webp tif tiff bmp dib avif heic heif'.split(' '),
)

/** How many bytes `sniff` wants to see. */
export const SNIFF_BYTES = 1024

/** A picture that is recognised and refused, by the name people know it by. */
export interface RefusedFormat {
  readonly refused: string
}

interface Signature {
  readonly at: number
  readonly bytes: string
  readonly is: ImageFormat | RefusedFormat
}

const SIGNATURES: readonly Signature[] = [
  { at: 0, bytes: '\xff\xd8\xff', is: 'jpeg' },
  { at: 0, bytes: '\x89PNG\r\n\x1a\n', is: 'png' },
  { at: 0, bytes: 'GIF87a', is: 'gif' },
  { at: 0, bytes: 'GIF89a', is: 'gif' },
  { at: 8, bytes: 'WEBP', is: 'webp' },
  { at: 0, bytes: 'II*\0', is: 'tiff' },
  { at: 0, bytes: 'MM\0*', is: 'tiff' },
  { at: 0, bytes: 'II+\0', is: 'tiff' },
  { at: 0, bytes: 'MM\0+', is: 'tiff' },
  { at: 0, bytes: '8BPS', is: { refused: 'Photoshop' } },
  { at: 0, bytes: '%PDF', is: { refused: 'PDF' } },
  { at: 0, bytes: '\0\0\0\x0cjP  ', is: { refused: 'JPEG 2000' } },
  { at: 0, bytes: '\xff\x4f\xff\x51', is: { refused: 'JPEG 2000' } },
  { at: 0, bytes: '\xff\x0a', is: { refused: 'JPEG XL' } },
  { at: 0, bytes: '\0\0\0\x0cJXL ', is: { refused: 'JPEG XL' } },
  { at: 128, bytes: 'DICM', is: { refused: 'DICOM' } },
]

/** The format of a file whose first `SNIFF_BYTES` bytes (or all, if fewer) are `head`; null when it is no picture known here. */
export function sniff(head: Uint8Array): ImageFormat | RefusedFormat | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  const signature = SIGNATURES.find(({ at, bytes }) => text.startsWith(bytes, at))
  if (signature) return signature.is
  if (text.startsWith('ftyp', 4)) return sniffIsoMedia(head, text)
  if (text.startsWith('BM') && isBmpHeader(head)) return 'bmp'
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE svg|svg)/i.test(text) && /<svg/i.test(text)) return { refused: 'SVG' }
  return null
}

/** AVIF and HEIC share a container and differ in the brands listed in their first box (ISO/IEC 23008-12). */
function sniffIsoMedia(head: Uint8Array, text: string): ImageFormat | RefusedFormat | null {
  const boxBytes = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0)
  const brands = text.slice(8, Math.min(boxBytes, text.length))
  if (/avif|avis/.test(brands)) return 'avif'
  return /hei[cxms]|hev[cxms]|mif1|msf1/.test(brands) ? { refused: 'HEIC' } : null
}

/** "BM" alone also starts plain text; the size of the info header (12 to 124) settles it. */
function isBmpHeader(head: Uint8Array): boolean {
  return head.length >= 26 && [12, 40, 52, 56, 64, 108, 124].includes(head[14]!) && !head[15] && !head[16] && !head[17]
}
