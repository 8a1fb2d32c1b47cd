/** Serves the built window: files of one folder, nothing above it. */
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

export interface BundleFile {
  readonly type: string
  readonly bytes: Buffer
}

/** The file for a URL path, or null: unknown type, not there, or outside the folder after links are followed. */
export async function bundleFile(folder: string, urlPath: string): Promise<BundleFile | null> {
  try {
    const root = await realpath(folder)
    const path = await realpath(join(root, urlPath === '/' ? 'index.html' : decodeURIComponent(urlPath)))
    const type = TYPES[extname(path)]
    if (type === undefined || !path.startsWith(root + sep)) return null
    return { type, bytes: await readFile(path) }
  } catch {
    return null
  }
}
