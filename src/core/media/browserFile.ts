/** Files that a browser shows as Marquee would. */
import { readFile } from 'node:fs/promises'
import { MAX_SCREEN_SIDE } from '../../shared/pictures.ts'
import { fileError } from './imageErrors.ts'
import { sharpHeader, type Source } from './source.ts'

/** What a browser can be sent. */
export interface EncodedPicture {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp'
  readonly bytes: Buffer
}

const BROWSER_TYPES: Readonly<Record<string, EncodedPicture['type']>> = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }

/** The file's own bytes, or null where a browser would show other pixels than the models see, or only a part of them. */
export async function browserFile(source: Source): Promise<EncodedPicture | null> {
  const type = BROWSER_TYPES[source.format]
  if (type === undefined) return null
  const { space, depth, width, height, orientation = 1, pages = 1 } = await sharpHeader(source, 0)
  const plain = depth === 'uchar' && (space === 'srgb' || space === 'b-w') && orientation === 1 && pages === 1
  if (!plain || Math.max(width, height) > MAX_SCREEN_SIDE) return null
  const bytes = await readFile(source.file).catch((error: unknown): never => {
    throw fileError(error, source.file)
  })
  return isWhole(type, bytes) ? { type, bytes } : null
}

/** Whether the file ends as its format says; one that does not is decoded, which tells a harmless tail from a missing one. */
function isWhole(type: EncodedPicture['type'], bytes: Buffer): boolean {
  if (type === 'image/webp') return bytes.readUInt32LE(4) + 8 <= bytes.length
  const end = type === 'image/jpeg' ? Buffer.from([0xff, 0xd9]) : Buffer.from('IEND\xaeB`\x82', 'latin1')
  return bytes.subarray(-end.length).equals(end)
}
