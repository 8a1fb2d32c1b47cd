/** Pictures as the browser has decoded them: the one shown, the ones before, and the next one ahead of time. */
const KEPT = 4
const THUMBNAIL = 160

export interface Picture {
  readonly element: HTMLImageElement
  /** At most 160 px a side, for the mini-map. */
  readonly thumbnail: HTMLCanvasElement
  /** True where parts may be seen through. */
  readonly isTransparent: boolean
}

export class Pictures {
  readonly #loading = new Map<string, Promise<Picture>>()

  /** The picture at an `imageUrl`, decoded and ready to draw. Rejects where the host has no pixels for it. */
  load(url: string): Promise<Picture> {
    const known = this.#loading.get(url)
    this.#loading.delete(url)
    const loading = known ?? decode(url)
    this.#loading.set(url, loading)
    loading.catch(() => this.#loading.delete(url))
    for (const old of [...this.#loading.keys()].slice(0, -KEPT)) this.#loading.delete(old)
    return loading
  }
}

/**
 * On its way. In Electron pictures have an origin of their own, and what is drawn of another origin can't be read back, unless
 * it was asked for so and the host agrees.
 */
export function elementOf(url: string): HTMLImageElement {
  const element = new Image()
  if (url.startsWith('media:')) element.crossOrigin = 'anonymous'
  element.src = url
  return element
}

async function decode(url: string): Promise<Picture> {
  const element = elementOf(url)
  await element.decode()
  const thumbnail = thumbnailOf(element)
  return { element, thumbnail, isTransparent: hasTransparency(thumbnail) }
}

function thumbnailOf(element: HTMLImageElement): HTMLCanvasElement {
  const scale = Math.min(1, THUMBNAIL / Math.max(element.naturalWidth, element.naturalHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(element.naturalWidth * scale))
  canvas.height = Math.max(1, Math.round(element.naturalHeight * scale))
  canvas.getContext('2d', { willReadFrequently: true })!.drawImage(element, 0, 0, canvas.width, canvas.height)
  return canvas
}

function hasTransparency(canvas: HTMLCanvasElement): boolean {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
  for (let i = 3; i < data.length; i += 4) if (data[i]! < 255) return true
  return false
}
