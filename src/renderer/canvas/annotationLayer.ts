/**
 * What is stored, drawn by hand on one Konva shape. Where there is more than a frame has room for, panning and
 * zooming move the picture drawn last, made larger than the canvas; it is drawn anew once a zoomed view rests, or one that
 * was moved leaves it.
 * After excalidraw's static canvas and its zoom gesture (packages/excalidraw/scene/Renderer.ts).
 */
import Konva from 'konva'
import { clipBox, type Size } from '../../shared/geometry.ts'
import type { Editor } from '../editor/editorTypes.ts'
import type { EditorState } from '../editor/state.ts'
import type { Viewport } from '../editor/viewport.ts'
import { visibleBox } from '../editor/viewport.ts'
import type { Scene } from './paintAnnotations.ts'
import { paintAnnotations } from './paintAnnotations.ts'

/** So many objects are drawn in every frame of a pan; browsers draw later than they say, so time can't be measured here. */
const FRAME_BUDGET = 40
/** The view rests when nothing moved it for this long, ms. */
const REST = 90
/** A view that moved off the picture gets another one this long after the last, ms, without waiting for rest. */
const RENEW = 250
/** The picture reaches this far beyond the canvas on each side, as a share of it. */
const MARGIN = 0.3

interface Drawn {
  readonly canvas: HTMLCanvasElement
  readonly view: Viewport
  readonly scene: Scene
  readonly ratio: number
  /** When, by performance.now(). */
  readonly at: number
}

export class AnnotationLayer {
  readonly layer = new Konva.Layer({ listening: false })
  readonly #editor: Editor
  #scene: Scene
  #drawn: Drawn | null = null
  #canvas = document.createElement('canvas')
  #rest: ReturnType<typeof setTimeout> | undefined
  #isResting = true

  constructor(editor: Editor) {
    this.#editor = editor
    this.#scene = sceneOf(editor, null)
    const shape = new Konva.Shape({ listening: false, perfectDrawEnabled: false, sceneFunc: (context) => this.#paint(context._context) })
    this.layer.add(shape)
  }

  update(state: EditorState, before: EditorState | null): void {
    const scene = sceneOf(this.#editor, this.#scene)
    if (scene === this.#scene && state.viewport === before?.viewport) return
    if (scene === this.#scene) this.#move()
    this.#scene = scene
    this.layer.batchDraw()
  }

  dispose(): void {
    clearTimeout(this.#rest)
  }

  #move(): void {
    this.#isResting = false
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => {
      this.#isResting = true
      this.layer.batchDraw()
    }, REST)
  }

  #paint(context: CanvasRenderingContext2D): void {
    const { viewport, image } = this.#editor.state
    const drawn = this.#drawn?.scene === this.#scene ? this.#drawn : null
    const isGood = drawn && image && (isExact(drawn, viewport, image) || (!this.#isResting && isEnough(drawn, viewport, image)))
    if (isGood) this.#place(context, drawn, viewport)
    else if (this.#scene.index.meeting(visibleBox(viewport)).length <= FRAME_BUDGET) {
      this.#drawn = null
      paintAnnotations(context, this.#scene, viewport, visibleBox(viewport))
    } else this.#place(context, this.#render(viewport), viewport)
  }

  /** Onto a picture larger than the canvas. */
  #render(view: Viewport): Drawn {
    const ratio = window.devicePixelRatio
    const wide = withMargin(view)
    const canvas = this.#canvas
    canvas.width = Math.round(wide.width * ratio)
    canvas.height = Math.round(wide.height * ratio)
    // Drawn by the CPU: thousands of outlines take a GPU in software seconds, and a real one hardly less time than this.
    const context = canvas.getContext('2d', { willReadFrequently: true })!
    context.scale(ratio, ratio)
    paintAnnotations(context, this.#scene, wide, visibleBox(wide))
    return (this.#drawn = { canvas, view, scene: this.#scene, ratio, at: performance.now() })
  }

  /** The picture drawn for another view, moved and stretched to this one. */
  #place(context: CanvasRenderingContext2D, { canvas, view, ratio }: Drawn, now: Viewport): void {
    const zoom = now.scale / view.scale
    const from = withMargin(view)
    const isMovedOnly = zoom === 1
    const snap = (value: number) => (isMovedOnly ? Math.round(value * ratio) / ratio : value)
    const x = snap(now.offsetX - from.offsetX * zoom)
    const y = snap(now.offsetY - from.offsetY * zoom)
    context.imageSmoothingEnabled = !isMovedOnly
    context.drawImage(canvas, x, y, (canvas.width / ratio) * zoom, (canvas.height / ratio) * zoom)
  }
}

/** True while the view was only moved and is still on the picture: drawn anew, it would be the same. */
function isExact(drawn: Drawn, now: Viewport, image: Size): boolean {
  return drawn.view.scale === now.scale && drawn.ratio === window.devicePixelRatio && isCovered(drawn, now, image)
}

/** False when the view moved off a picture that is not quite new any more. */
function isEnough(drawn: Drawn, now: Viewport, image: Size): boolean {
  return isCovered(drawn, now, image) || performance.now() - drawn.at < RENEW
}

/** True while all of the image that is in sight lies on the picture. */
function isCovered({ view }: Drawn, now: Viewport, image: Size): boolean {
  const drawn = visibleBox(withMargin(view))
  const { x0, y0, x1, y1 } = clipBox(visibleBox(now), image)
  return drawn.x0 <= x0 && drawn.y0 <= y0 && drawn.x1 >= x1 && drawn.y1 >= y1
}

function withMargin(view: Viewport): Viewport {
  const [x, y] = [Math.round(view.width * MARGIN), Math.round(view.height * MARGIN)]
  return { ...view, width: view.width + 2 * x, height: view.height + 2 * y, offsetX: view.offsetX + x, offsetY: view.offsetY + y }
}

/** The scene as it is now; the same object as before where nothing of it changed. */
function sceneOf({ state, hits }: Editor, before: Scene | null): Scene {
  const { selection, adjustments, draft } = state
  const index = hits()
  const labels = labelsOf(state)
  const without = draft?.kind === 'preview' ? draft.annotations.map(({ id }) => id) : []
  const isSameWithout = before?.without.size === without.length && without.every((id) => before.without.has(id))
  const isSame =
    before?.index === index && before.labels === labels && before.selection === selection && before.opacity === adjustments.mask && isSameWithout
  if (before && isSame) return before
  return { index, labels, selection, without: new Set(without), opacity: adjustments.mask }
}

const labelMaps = new WeakMap<EditorState['labels'], Scene['labels']>()

/** Labels by id. */
export function labelsOf({ labels }: EditorState): Scene['labels'] {
  let map = labelMaps.get(labels)
  if (!map) labelMaps.set(labels, (map = new Map(labels.map((label) => [label.id, label]))))
  return map
}
