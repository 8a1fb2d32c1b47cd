/** The two schemes of the window: `app://` for what it is made of, `media://` for pixels by image id. No file:// page exists. */
import { protocol } from 'electron'
import { pictureAt } from '../core/services/mediaRequests.ts'
import type { AppServices } from '../core/services/types.ts'
import { toWireError } from '../shared/errors.ts'
import { bundleFile } from '../web/bundle.ts'
import { SECURITY_HEADERS } from '../web/headers.ts'
import { APP_ORIGIN } from './security.ts'

const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  'Content-Security-Policy': SECURITY_HEADERS['Content-Security-Policy'].replace('img-src ', 'img-src media: '),
}

const PICTURE_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': APP_ORIGIN }

/** Call before the app is ready. */
export function registerSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true }
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges },
    // Else a canvas with such a picture on it can't be read by the page itself.
    { scheme: 'media', privileges: { ...privileges, corsEnabled: true } },
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

/** The addresses of `pictureAt` after `media://`. */
async function answerMedia(services: AppServices, url: URL): Promise<Response> {
  try {
    const picture = await pictureAt(services, `${url.host}${url.pathname}`, url.searchParams)
    if (!picture) return refusal(404, 'Not here.')
    const { type, bytes } = picture
    return new Response(new Uint8Array(bytes), { headers: { ...PICTURE_HEADERS, 'Content-Type': type } })
  } catch (error) {
    const { code, message } = toWireError(error)
    return refusal(code === 'not-found' ? 404 : 422, message)
  }
}

function refusal(status: number, message: string): Response {
  return new Response(message, { status, headers: { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' } })
}
