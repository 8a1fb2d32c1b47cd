/** The two schemes of the window: `app://` for what it is made of, `media://` for pixels by image id. No file:// page exists. */
import { protocol } from 'electron'
import type { AppServices, Picture } from '../core/services/types.ts'
import { AppError, toWireError } from '../shared/errors.ts'
import { ImageId } from '../shared/model.ts'
import { bundleFile } from '../web/bundle.ts'
import { SECURITY_HEADERS } from '../web/headers.ts'
import { APP_ORIGIN } from './security.ts'

const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  'Content-Security-Policy': SECURITY_HEADERS['Content-Security-Policy'].replace('img-src ', 'img-src media: '),
}

/** Call before the app is ready. */
export function registerSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true }
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges },
    { scheme: 'media', privileges },
  ])
}

/** Serves the built window from `folder`, links followed and nothing outside it, and the project's pictures. */
export function serveSchemes(folder: string, services: AppServices): void {
  protocol.handle('app', async ({ url }) => answerBundle(folder, new URL(url)))
  protocol.handle('media', async ({ url }) => answerMedia(services, new URL(url)))
}

async function answerBundle(folder: string, url: URL): Promise<Response> {
  const file = `${url.protocol}//${url.host}` === APP_ORIGIN ? await bundleFile(folder, url.pathname) : null
  if (!file) return refusal(404, 'Not here.')
  return new Response(new Uint8Array(file.bytes), { headers: { ...PAGE_HEADERS, 'Content-Type': file.type } })
}

/** `media://image/<id>?frame=n` and `media://thumbnail/<id>`. */
async function answerMedia(services: AppServices, url: URL): Promise<Response> {
  try {
    const { type, bytes } = await picture(services, url)
    return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' } })
  } catch (error) {
    const { code, message } = toWireError(error)
    return refusal(code === 'not-found' ? 404 : 422, message)
  }
}

function picture(services: AppServices, url: URL): Promise<Picture> {
  const frame = Number(url.searchParams.get('frame') ?? '0')
  if (!/^\/\d{1,15}$/.test(url.pathname) || !Number.isInteger(frame) || frame < 0)
    throw new AppError('invalid-argument', 'A picture is asked for by the number of its image and of its frame.')
  const imageId = ImageId.parse(Number(url.pathname.slice(1)))
  if (url.host === 'image') return services.image(imageId, frame)
  if (url.host === 'thumbnail') return services.thumbnail(imageId)
  throw new AppError('not-found', 'Not here.')
}

function refusal(status: number, message: string): Response {
  return new Response(message, { status, headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' } })
}
