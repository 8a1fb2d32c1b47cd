/** The browser's pointer and wheel to the editor: once per frame, in image pixels. Panning and zooming happen here. */
import type { ScreenPoint } from '../../shared/geometry.ts'
import type { Editor, PointerInput } from '../editor/editorTypes.ts'
import type { ToolName } from '../editor/state.ts'
import type { Viewport } from '../editor/viewport.ts'
import { panBy, toImage, zoomAt } from '../editor/viewport.ts'
import { viewFromMiniMap } from './miniMap.ts'
import { draggedWindow, windowOf } from './sampleWindow.ts'
import { TouchInputs, type Pinch } from './touch.ts'

const MIDDLE = 1
/** `button` of the eraser end of a pen. */
const PEN_ERASER = 5
/** Zoom per wheel unit; a pinch on a trackpad comes as small steps with Ctrl. */
const ZOOM = { wheel: 0.002, pinch: 0.01, pinchBelow: 40 } as const

/** Contrast and brightness per pixel of a drag with the right button. */
const LEVELS = { rate: 0.005, least: 0.1, most: 10 } as const

/** Where the right button erases or says what does not belong; else a drag with it is about how the picture looks. */
const OWN_RIGHT: ReadonlySet<ToolName> = new Set<ToolName>(['brush', 'eraser', 'points'])

type Drag = 'tool' | 'pan' | 'mini-map' | 'levels'

export class PointerInputs {
  readonly #element: HTMLElement
  readonly #editor: Editor
  readonly #end = new AbortController()
  #moves: PointerEvent[] = []
  #frame = 0
  #drag: Drag | null = null
  #button = 0
  #last: ScreenPoint = { x: 0, y: 0 }
  #isSpaceDown = false

  constructor(element: HTMLElement, editor: Editor) {
    this.#element = element
    this.#editor = editor
    const { signal } = this.#end
    const one = { down: this.#down.bind(this), move: this.#queue.bind(this), up: this.#up.bind(this), lose: this.#lose.bind(this) }
    const touches = new TouchInputs(one, (event) => this.#screen(event), (pinch) => this.#pinch(pinch))
    element.addEventListener('pointerdown', (event) => touches.down(event), { signal })
    element.addEventListener('pointermove', (event) => touches.move(event), { signal })
    element.addEventListener('pointerup', (event) => touches.up(event), { signal })
    element.addEventListener('pointercancel', (event) => touches.cancel(event), { signal })
    element.addEventListener('pointerleave', () => this.#leave(), { signal })
    element.addEventListener('dblclick', (event) => this.#doubleClick(event), { signal })
    // Else the middle button scrolls by itself.
    element.addEventListener('mousedown', (event) => event.button === MIDDLE && event.preventDefault(), { signal })
    element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
    element.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false })
    window.addEventListener('keydown', (event) => this.#space(event, true), { signal })
    window.addEventListener('keyup', (event) => this.#space(event, false), { signal })
    window.addEventListener('blur', () => this.#setSpace(false), { signal })
  }

  dispose(): void {
    this.#end.abort()
    cancelAnimationFrame(this.#frame)
  }

  #screen({ clientX, clientY }: MouseEvent): ScreenPoint {
    const { left, top } = this.#element.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }

  #input(event: MouseEvent): PointerInput {
    const { shiftKey: shift, altKey: alt } = event
    const right = this.#button === 2 || this.#button === PEN_ERASER
    return { at: toImage(this.#editor.state.viewport, this.#screen(event)), shift, alt, mod: event.ctrlKey || event.metaKey, right }
  }

  #down(event: PointerEvent): void {
    if (this.#drag || !this.#editor.state.image) return
    this.#element.setPointerCapture(event.pointerId)
    this.#flush()
    this.#button = event.button
    this.#last = this.#screen(event)
    const mapped = event.button === 0 ? this.#mapped(event) : null
    this.#drag = mapped ? 'mini-map' : this.#dragOf(event)
    if (mapped) this.#editor.setViewport(mapped)
    else if (this.#drag === 'tool') this.#editor.pointerDown(this.#input(event))
    this.#showCursor()
  }

  #dragOf({ button }: PointerEvent): Drag {
    if (button === MIDDLE || this.#isSpaceDown) return 'pan'
    return button === 2 && !OWN_RIGHT.has(this.#editor.state.tool) ? 'levels' : 'tool'
  }

  #mapped(event: PointerEvent): Viewport | null {
    const { viewport, image } = this.#editor.state
    return image && viewFromMiniMap(viewport, image, this.#screen(event))
  }

  #queue(event: PointerEvent): void {
    this.#moves.push(event)
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#flush())
  }

  /** A brush and a freehand outline see every move, since they are drawn of them; all else only the last. */
  #flush(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const moves = this.#moves
    this.#moves = []
    const draft = this.#editor.state.draft?.kind
    const isDrawn = draft === 'stroke' || (draft === 'polygon' && this.#drag === 'tool')
    for (const event of isDrawn ? moves.flatMap(coalesced) : moves.slice(-1)) this.#move(event)
  }

  #move(event: PointerEvent): void {
    const at = this.#screen(event)
    const { viewport, image } = this.#editor.state
    if (!image) return
    if (this.#drag === 'pan') this.#editor.setViewport(panBy(viewport, at.x - this.#last.x, at.y - this.#last.y, image))
    else if (this.#drag === 'levels') this.#adjust(at.x - this.#last.x, at.y - this.#last.y)
    else if (this.#drag === 'mini-map') {
      const mapped = this.#mapped(event)
      if (mapped) this.#editor.setViewport(mapped)
    } else this.#editor.pointerMove(this.#input(event))
    this.#last = at
  }

  #pinch({ from, to, factor }: Pinch): void {
    const { viewport, image } = this.#editor.state
    if (image) this.#editor.setViewport(panBy(zoomAt(viewport, from, factor), to.x - from.x, to.y - from.y, image))
  }

  /** Deep pictures: the window over their stored values. Others: to the right more contrast, upwards brighter. */
  #adjust(dx: number, dy: number): void {
    const shown = this.#editor.state.picture.samples && windowOf(this.#editor.state)
    if (shown) {
      this.#editor.setAdjustments({ window: draggedWindow(shown, dx, dy) })
      return
    }
    const { brightness, contrast } = this.#editor.state.adjustments
    const scaled = (value: number, by: number) => Math.min(LEVELS.most, Math.max(LEVELS.least, value * Math.exp(by * LEVELS.rate)))
    this.#editor.setAdjustments({ brightness: scaled(brightness, -dy), contrast: scaled(contrast, dx) })
  }

  #up(event: PointerEvent): void {
    if (event.button !== this.#button || !this.#drag) return
    this.#flush()
    const drag = this.#drag
    this.#drag = null
    if (drag === 'tool') this.#editor.pointerUp(this.#input(event))
    this.#button = 0
    this.#showCursor()
  }

  /** The system took the pointer away: as if the gesture had not been. */
  #lose(): void {
    if (this.#drag === 'tool') this.#editor.cancelGesture()
    this.#drag = null
    this.#button = 0
    this.#showCursor()
  }

  #leave(): void {
    if (this.#drag) return
    this.#moves = []
    this.#editor.setCursor(null)
    this.#editor.setHovered(null)
  }

  #doubleClick(event: MouseEvent): void {
    if (this.#editor.state.image && event.button === 0) this.#editor.doubleClick(this.#input(event))
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault()
    const { viewport, image, tool, brushRadius, wheelZooms } = this.#editor.state
    if (!image) return
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit]
    const isBrush = tool === 'brush' || tool === 'eraser'
    if (event.ctrlKey || event.metaKey || (wheelZooms && !event.shiftKey)) {
      const rate = Math.abs(dy) < ZOOM.pinchBelow ? ZOOM.pinch : ZOOM.wheel
      this.#editor.setViewport(zoomAt(viewport, this.#screen(event), Math.exp(-dy * rate)))
    } else if (event.shiftKey && isBrush) this.#editor.setBrushRadius(brushRadius * Math.exp(-(dy || dx) * ZOOM.wheel))
    else if (event.shiftKey && dx === 0) this.#editor.setViewport(panBy(viewport, -dy, 0, image))
    else this.#editor.setViewport(panBy(viewport, -dx, -dy, image))
  }

  #space(event: KeyboardEvent, isDown: boolean): void {
    if (event.key !== ' ' || (isDown && isTyping(event.target))) return
    if (isDown && event.target === this.#element) event.preventDefault()
    this.#setSpace(isDown)
  }

  #setSpace(isDown: boolean): void {
    this.#isSpaceDown = isDown
    this.#showCursor()
  }

  #showCursor(): void {
    this.#element.style.cursor = this.#drag === 'pan' ? 'grabbing' : this.#isSpaceDown ? 'grab' : ''
  }
}

function coalesced(event: PointerEvent): PointerEvent[] {
  const events = event.getCoalescedEvents()
  return events.length > 0 ? events : [event]
}

/** Where Space means a space or a press, not a pan. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, button, [contenteditable=true], [role=button]') !== null
}
