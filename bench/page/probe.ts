/**
 * Put into the page before its own scripts, as `probe`: says when what a person waits for is on the canvas.
 * Times are milliseconds on the page's clock. Pixels are looked at once a frame, after all that the frame does itself.
 */
import type { MaskTimes } from './types.ts'

/** Of 255; a picture of the bench may be this far off its colour. */
const NEAR = 24

type Rgb = readonly [red: number, green: number, blue: number]

/** The time of the first frame of which `look` says yes. */
function frameWith(look: () => boolean): Promise<number> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const ask = () => requestAnimationFrame(() => port2.postMessage(null))
    port1.onmessage = () => {
      if (!look()) return void ask()
      port1.close()
      resolve(performance.now())
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
  measured = new Promise((resolve) => {
    const pressed = ({ timeStamp }: Event) => void frameWith(() => isShown(colour)).then((at) => resolve(at - timeStamp))
    addEventListener('keydown', pressed, { capture: true, once: true })
  })
}

interface Call {
  readonly id: number
  readonly at: number
}

let segmenting: Call | null = null
let answered: ((value: { readonly call: Call; readonly decode: number; readonly at: number }) => void) | null = null

/** Hears what the window asks the host, and the answers before the window does. */
class HeardSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols)
    this.addEventListener('message', ({ data }) => {
      const { type, id, value } = JSON.parse(String(data)) as { type: string; id: number; value?: { ms?: number } }
      if (type !== 'result' || id !== segmenting?.id) return
      answered?.({ call: segmenting, decode: value?.ms ?? 0, at: performance.now() })
    })
  }

  override send(data: string): void {
    const { type, id, method } = JSON.parse(data) as { type: string; id: number; method?: string }
    if (type === 'call' && method === 'models.segment') segmenting = { id, at: performance.now() }
    super.send(data)
  }
}
globalThis.WebSocket = HeardSocket

/** The pixels of all that is drawn over the picture. */
function drawn(): Uint8ClampedArray[] {
  return layers().slice(1).map((layer) => layer.getContext('2d')!.getImageData(0, 0, layer.width, layer.height).data)
}

const differs = (a: readonly Uint8ClampedArray[], b: readonly Uint8ClampedArray[]) => a.some((data, i) => data.some((value, at) => value !== b[i]![at]))

/** From the next move of the mouse to the mask it brings. */
export function measureMask(): void {
  measured = new Promise<MaskTimes>((resolve) => {
    const moved = ({ timeStamp }: Event) => {
      answered = ({ call, decode, at }) => {
        if (call.at < timeStamp) return
        answered = null
        const before = drawn()
        void frameWith(() => differs(before, drawn())).then((end) => {
          resolve({ total: end - timeStamp, asked: call.at - timeStamp, answered: at - call.at, decode })
        })
      }
    }
    addEventListener('pointermove', moved, { capture: true, once: true })
  })
}
