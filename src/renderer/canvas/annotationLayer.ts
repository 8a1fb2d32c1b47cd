/**
 * What is stored, drawn by hand on one Konva shape. Where there is more than a frame has room for, panning and
 * zooming move the picture drawn last, made larger than the canvas, and it is drawn anew once the view rests.
 * After excalidraw's static canvas and its zoom gesture (packages/excalidraw/scene/Renderer.ts).
 */
import Konva from 'konva'
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
    const { viewport } = this.#editor.state
    const drawn = this.#drawn
    const isSameScene = drawn?.scene === this.#scene
    if (drawn && isSameScene && drawn.view === viewport) this.#place(context, drawn, viewport)
    else if (drawn && isSameScene && !this.#isResting && isEnough(drawn, viewport)) this.#place(context, drawn, viewport)
    else if (this.#scene.index.meeting(visibleBox(viewport)).length <= FRAME_BUDGET) {
      this.#drawn = null
      paintAnnotations(context, this.#scene, viewport, visibleBox(viewport))
    } else this.#place(context, this.#render(viewport), viewport)
  }

  /** Onto a picture larger than the canvas. */
  #render(view: Viewport): Drawn {
    const ratio = window.devicePixelRatio
    const [marginX, marginY] = [Math.round(view.width * MARGIN), Math.round(view.height * MARGIN)]
    const wide: Viewport = {
      ...view,
      width: view.width + 2 * marginX,
      height: view.height + 2 * marginY,
      offsetX: view.offsetX + marginX,
      offsetY: view.offsetY + marginY,
    }
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
    const [marginX, marginY] = [Math.round(view.width * MARGIN), Math.round(view.height * MARGIN)]
    const isMovedOnly = zoom === 1
    const snap = (value: number) => (isMovedOnly ? Math.round(value * ratio) / ratio : value)
    const x = snap(now.offsetX - (view.offsetX + marginX) * zoom)
    const y = snap(now.offsetY - (view.offsetY + marginY) * zoom)
    context.imageSmoothingEnabled = !isMovedOnly
    context.drawImage(canvas, x, y, (canvas.width / ratio) * zoom, (canvas.height / ratio) * zoom)
  }
}

/** False when the view moved off a picture that is not quite new any more. */
function isEnough({ view, at }: Drawn, now: Viewport): boolean {
  const zoom = now.scale / view.scale
  const left = now.offsetX - (view.offsetX + view.width * MARGIN) * zoom
  const top = now.offsetY - (view.offsetY + view.height * MARGIN) * zoom
  const share = (1 + 2 * MARGIN) * zoom
  const isCovered = left <= 0 && top <= 0 && left + view.width * share >= now.width && top + view.height * share >= now.height
  return isCovered || performance.now() - at < RENEW
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
