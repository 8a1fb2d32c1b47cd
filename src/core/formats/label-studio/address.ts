/** Which picture a task means: Label Studio names pictures by address. */
import { posix } from 'node:path'
import { datasetPath } from '../common/files/datasetPath.ts'

/** Label Studio puts 8 hexadecimal digits before the name of a picture that was uploaded. */
const UPLOAD = /^[0-9a-f]{8}-/

/** The path within an address, percent-encoding undone; '' where there is none. */
export function pathOfAddress(address: string): string {
  const local = /^[^?]*\/data\/local-files\/\?(.*&)?d=([^&]*)/.exec(address)
  if (local) return datasetPath(decoded(local[2]!))
  const plain = /^[a-z][a-z0-9+.-]*:\/\//i.test(address)
    ? address.replace(/^[a-z0-9+.-]+:\/\/[^/]*/i, '').replace(/[?#].*$/, '')
    : address
  return datasetPath(decoded(plain))
}

/** The name a picture had before it was uploaded; null where it was not. */
export function nameBeforeUpload(path: string): string | null {
  const name = posix.basename(path)
  return UPLOAD.test(name) && name.length > 9 ? name.slice(9) : null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The text among the values of a task that names its picture. */
export function addressIn(data: Readonly<Record<string, unknown>>, key: string | null): string | null {
  const named = [key, 'image', 'img', 'photo']
    .map((one) => (one === null ? null : data[one]))
    .find((value) => typeof value === 'string')
  const looks = (value: unknown) =>
    typeof value === 'string' && /\.(jpe?g|png|gif|webp|tiff?|bmp|avif)$/i.test(pathOfAddress(value))
  const address = named ?? Object.values(data).find(looks)
  return typeof address === 'string' && address !== '' ? address : null
}
