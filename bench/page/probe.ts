/**
 * Put into the page before its own scripts, as `probe`: says when what a person waits for is on the canvas.
 * Times are milliseconds on the page's clock. Pixels are looked at once a frame, after all that the frame does itself.
 */
import type { MaskTimes } from './types.ts'

/** Of 255; a picture of the bench may be this far off its colour. */
const NEAR = 24
const PATIENCE_MS = 60_000

type Rgb = readonly [red: number, green: number, blue: number]

/** The time of the first frame of which `look` says yes; rejects where there is none for too long. */
function frameWith(look: () => boolean): Promise<number> {
  const end = performance.now() + PATIENCE_MS
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel()
    const ask = () => requestAnimationFrame(() => port2.postMessage(null))
    port1.onmessage = () => {
      const now = performance.now()
      const isThere = look()
      if (!isThere && now < end) return void ask()
      port1.close()
      if (isThere) resolve(now)
      else reject(new Error('What was waited for never was on the canvas.'))
    }
    ask()
  })
}

const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!

const layers = () => [...document.querySelectorAll<HTMLCanvasElement>('[data-testid=canvas] canvas')]

/** Red, green, blue and opacity in the middle of the layer with the picture. */
function middle(): Uint8ClampedArray {
  const [picture] = layers()
  pixel.clearRect(0, 0, 1, 1)
  if (picture) pixel.drawImage(picture, picture.width / 2, picture.height / 2, 1, 1, 0, 0, 1, 1)
  return pixel.getImageData(0, 0, 1, 1).data
}

const isShown = (colour: Rgb) => {
  const shown = middle()
  return shown[3] === 255 && colour.every((value, i) => Math.abs(value - shown[i]!) < NEAR)
}

/** From the request of the page to a picture on the canvas. */
export const firstPaint = frameWith(() => middle()[3] === 255)

let measured: Promise<unknown> = Promise.resolve()
/** What was begun last. */
export const result = () => measured

/** From the next press of a key to a picture of this colour. */
export function measureSwitch(colour: Rgb): void {
  measured = new Promise((resolve, reject) => {
    const pressed = ({ timeStamp }: Event) => void frameWith(() => isShown(colour)).then((at) => resolve(at - timeStamp), reject)
    addEventListener('keydown', pressed, { capture: true, once: true })
  })
}

interface Call {
  readonly id: number
  readonly at: number
}

interface Answer {
  readonly ms?: number
  readonly masks?: readonly { readonly mask: { readonly counts: string } }[]
}

let segmenting: Call | null = null
let answered: ((value: { readonly call: Call; readonly decode: number; readonly isNew: boolean; readonly at: number }) => void) | null = null
let mask = ''

/** Hears what the window asks the host, and the answers before the window does. */
class HeardSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols)
    this.addEventListener('message', ({ data }) => {
      const { type, id, value } = JSON.parse(String(data)) as { type: string; id: number; value?: Answer }
      if (type !== 'result' || id !== segmenting?.id) return
      const counts = value?.masks?.[0]?.mask.counts ?? ''
      answered?.({ call: segmenting, decode: value?.ms ?? 0, isNew: counts !== mask, at: performance.now() })
      mask = counts
    })
  }

  override send(data: string): void {
    const { type, id, method } = JSON.parse(data) as { type: string; id: number; method?: string }
    if (type === 'call' && method === 'models.segment') segmenting = { id, at: performance.now() }
    super.send(data)
  }
}
globalThis.WebSocket = HeardSocket

export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The pixels of a part of all that is drawn over the picture. */
function drawn({ x, y, width, height }: Region): Uint32Array[] {
  return layers().slice(1).map((layer) => new Uint32Array(layer.getContext('2d')!.getImageData(x, y, width, height).data.buffer))
}

const differs = (a: readonly Uint32Array[], b: readonly Uint32Array[]) => a.some((data, i) => data.some((value, at) => value !== b[i]![at]))

/** From the next move of the mouse to the mask it brings into a part of the canvas; null where that is the mask of before. */
export function measureMask(region: Region): void {
  measured = new Promise<MaskTimes | null>((resolve, reject) => {
    const moved = ({ timeStamp }: Event) => {
      answered = ({ call, decode, isNew, at }) => {
        if (call.at < timeStamp) return
        answered = null
        if (!isNew) return void resolve(null)
        const before = drawn(region)
        void frameWith(() => differs(before, drawn(region))).then((end) => {
          resolve({ total: end - timeStamp, asked: call.at - timeStamp, answered: at - call.at, decode })
        }, reject)
      }
    }
    addEventListener('pointermove', moved, { capture: true, once: true })
  })
}
