/** The addresses of pixels, the same for both hosts: numbers only, so that none can lead to a file. */
import { AppError } from '../../shared/errors.ts'
import { ImageId } from '../../shared/model.ts'
import { SampleWindow } from '../../shared/pictures.ts'
import type { AppServices, Picture } from './types.ts'

const ADDRESS = /^(?<kind>image|thumbnail|tile)\/(?<id>\d{1,15})(?:\/(?<level>\d{1,2})\/(?<x>\d{1,7})\/(?<y>\d{1,7}))?$/

/**
 * What lies at `image/<id>`, `tile/<id>/<level>/<x>/<y>` or `thumbnail/<id>`, with `frame` and `window=<low>:<high>` in the
 * query; null where the path is no such address. Throws invalid-argument for a query that says nothing.
 */
export function pictureAt(services: Pick<AppServices, 'image' | 'tile' | 'thumbnail'>, path: string, query: URLSearchParams): Promise<Picture> | null {
  const { kind, id, level, x, y } = ADDRESS.exec(path)?.groups ?? {}
  const isTile = kind === 'tile'
  if (kind === undefined || isTile !== (level !== undefined)) return null
  const imageId = ImageId.parse(Number(id))
  if (kind === 'thumbnail') return services.thumbnail(imageId)
  const [frame, window] = [frameOf(query), windowOf(query)]
  if (isTile) return services.tile(imageId, frame, { level: Number(level), x: Number(x), y: Number(y) }, window)
  return services.image(imageId, frame, window)
}

function frameOf(query: URLSearchParams): number {
  const frame = query.get('frame') ?? '0'
  if (!/^\d{1,9}$/.test(frame)) throw new AppError('invalid-argument', 'frame must be a whole number from 0')
  return Number(frame)
}

function windowOf(query: URLSearchParams): SampleWindow | undefined {
  const text = query.get('window')
  if (text === null) return undefined
  const [, low, high] = /^(\d{1,5}):(\d{1,5})$/.exec(text) ?? []
  const window = SampleWindow.safeParse({ low: Number(low), high: Number(high) })
  if (!window.success) throw new AppError('invalid-argument', 'window must be two whole numbers up to 65535, the lower first')
  return window.data
}
