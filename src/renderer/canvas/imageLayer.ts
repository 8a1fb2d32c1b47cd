/** The picture, at the size of the image in pixels however large the host sent it; crisp above 100 %. */
import Konva from 'konva'
import type { Box } from '../../shared/geometry.ts'
import { isTiled } from '../../shared/pictures.ts'
import type { Editor } from '../editor/editorTypes.ts'
import type { EditorState } from '../editor/state.ts'
import { toScreen, type Viewport, visibleBox } from '../editor/viewport.ts'
import type { Picture } from './pictures.ts'
import { type Shown, ShownPicture } from './shownPicture.ts'
import { levelFor, Tiles } from './tiles.ts'

const CHECKER = 8

/** CSS pixels of the canvas. */
type Place = [x: number, y: number, width: number, height: number]

export class ImageLayer {
  readonly layer = new Konva.Layer({ listening: false })
  readonly #checkerboard = checkerboard()
  readonly #editor: Editor
  readonly #shown: ShownPicture
  readonly #tiles: Tiles
  readonly #onPicture: () => void

  constructor(editor: Editor, onPicture: () => void) {
    this.#editor = editor
    this.#onPicture = onPicture
    this.#shown = new ShownPicture(editor, () => this.#changed())
    this.#tiles = new Tiles(
      () => this.layer.batchDraw(),
      () => editor.report(`${editor.state.image?.path ?? ''} can't be shown closer up: parts of it did not come.`),
    )
    this.layer.add(new Konva.Shape({ listening: false, perfectDrawEnabled: false, sceneFunc: ({ _context: context }) => this.#paint(context) }))
  }

  get picture(): Picture | null {
    return this.#shown.shown?.picture ?? null
  }

  /** Follows the editor: which image, where it lies, how bright it is. */
  update(state: EditorState, before: EditorState | null): void {
    this.#shown.update(state, before)
    if (state.adjustments !== before?.adjustments) this.layer.getNativeCanvasElement().style.filter = filterOf(state)
    if (state.viewport !== before?.viewport || state.image !== before.image) this.layer.batchDraw()
  }

  dispose(): void {
    this.#tiles.show(null)
  }

  #changed(): void {
    const { shown } = this.#shown
    this.#tiles.show(shown && this.#isTiled(shown) ? shown : null)
    this.layer.batchDraw()
    this.#onPicture()
  }

  #isTiled({ size }: Shown): boolean {
    return isTiled({ ...size, depth: this.#editor.state.image?.depth ?? 8 })
  }

  /** CSS pixels of the canvas. */
  #paint(context: CanvasRenderingContext2D): void {
    const { viewport, image } = this.#editor.state
    const { shown } = this.#shown
    if (!image || !shown) return
    const { element, isTransparent } = shown.picture
    const { width, height } = shown.size
    const sent = element.naturalWidth / width
    // Each pixel that was sent is seen as it is, except of an overview, in whose place finer ones are on their way.
    context.imageSmoothingEnabled = viewport.scale < sent || this.#isTiled(shown)
    const draw = (source: CanvasImageSource, box: Box) => {
      const place = placeOf(box, viewport)
      if (isTransparent) this.#ground(context, place)
      context.drawImage(source, ...place)
    }
    draw(element, { x0: 0, y0: 0, x1: width, y1: height })
    const scale = viewport.scale * window.devicePixelRatio
    context.imageSmoothingEnabled = viewport.scale < 1
    for (const { bitmap, box } of this.#tiles.in(visibleBox(viewport), scale > sent ? levelFor(shown.size, scale) : null)) draw(bitmap, box)
  }

  /** What transparent pixels are shown on, in place of what was drawn there. */
  #ground(context: CanvasRenderingContext2D, place: Place): void {
    const { viewport } = this.#editor.state
    const pattern = context.createPattern(this.#checkerboard, 'repeat')!
    pattern.setTransform(new DOMMatrix().translate(viewport.offsetX, viewport.offsetY))
    context.fillStyle = pattern
    context.fillRect(...place)
  }
}

/** Where a part of the image lies on the canvas, by whole device pixels, so that neighbours meet without a seam. */
function placeOf(box: Box, view: Viewport): Place {
  const ratio = window.devicePixelRatio
  const snap = (value: number) => Math.round(value * ratio) / ratio
  const [from, to] = [toScreen(view, { x: box.x0, y: box.y0 }), toScreen(view, { x: box.x1, y: box.y1 })]
  const [x, y] = [snap(from.x), snap(from.y)]
  return [x, y, Math.max(1 / ratio, snap(to.x) - x), Math.max(1 / ratio, snap(to.y) - y)]
}

/** The id of the SVG filter that CanvasStage keeps in the page. */
export const GAMMA_FILTER = 'canvas-gamma'

/** Changes what is seen, never what is stored. */
function filterOf({ adjustments: { brightness, contrast, gamma } }: EditorState): string {
  const filters = [
    gamma === 1 ? '' : `url(#${GAMMA_FILTER})`,
    brightness === 1 ? '' : `brightness(${String(brightness)})`,
    contrast === 1 ? '' : `contrast(${String(contrast)})`,
  ]
  return filters.filter(Boolean).join(' ')
}

function checkerboard(): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 2 * CHECKER
  const context = canvas.getContext('2d')!
  context.fillStyle = '#b8b8b8'
  context.fillRect(0, 0, 2 * CHECKER, 2 * CHECKER)
  context.fillStyle = '#8a8a8a'
  context.fillRect(0, 0, CHECKER, CHECKER)
  context.fillRect(CHECKER, CHECKER, CHECKER, CHECKER)
  return canvas
}
