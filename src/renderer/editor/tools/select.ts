/** Click selects, again what lies below, with Ctrl the whole group; drag moves, resizes or, on empty ground, draws a rubber band. Arrows nudge. */
import type { Box, ImagePoint } from '../../../shared/geometry.ts'
import { encloseBoxes } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { KeyInput, PointerInput } from '../editorTypes.ts'
import { reachOf } from '../gestures.ts'
import { stretched } from '../shapes.ts'
import type { Handle } from './boxEdit.ts'
import { boxBetween, isThin, movedBox, resizedBox, snapMove, snapPoint } from './boxEdit.ts'
import { Follower } from './follow.ts'
import type { Grip } from './grip.ts'
import { gripAt } from './grip.ts'
import { Tool } from './tool.ts'

const ARROWS: Readonly<Record<string, ImagePoint>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}
const FAST_NUDGE = 10

export class SelectTool extends Tool {
  readonly name = 'select'
  #from: ImagePoint = { x: 0, y: 0 }
  /** What a release without a drag selects. */
  #onClick: (() => void) | null = null
  #handle: Handle | null = null
  #moving: readonly Annotation[] = []
  #follower: Follower | null = null
  #box: Box | null = null

  override pointerDown(input: PointerInput): void {
    if (input.right) return
    this.#from = input.at
    const grip = input.shift ? null : gripAt(this.editor, input.at)
    if (grip) this.#startResize(grip)
    else this.#point(input)
  }

  override pointerMove(input: PointerInput): void {
    if (this.state === 'pointing' && this.#isDrag(input)) this.#startMove()
    if (this.state === 'moving') this.#move(input)
    else if (this.state === 'resizing') this.#resize(input)
    else if (this.state === 'banding') {
      this.editor.setDraft({ kind: 'rubber-band', box: boxBetween(this.#from, input.at, this.editor.state.image!) })
    }
  }

  override pointerUp(input: PointerInput): void {
    if (this.state === 'pointing') this.#onClick?.()
    else if (this.state === 'banding') this.#selectInside(input)
    else if (this.#box && !isThin(this.#box, 1)) this.#commit(this.#box)
    if (this.state !== 'idle') this.finish()
  }

  override key({ key, shift, mod, alt }: KeyInput): boolean {
    const step = ARROWS[key]
    if (!step || mod || alt || this.state !== 'idle' || this.editor.state.selection.size === 0) return false
    const by = shift ? FAST_NUDGE : 1
    this.#moving = this.#editable()
    if (this.#moving.length > 0) this.#nudge({ x: step.x * by, y: step.y * by })
    return true
  }

  protected override finish(): void {
    super.finish()
    this.#follower?.stop()
    this.#follower = this.#box = this.#handle = this.#onClick = null
  }

  #editable(): Annotation[] {
    const { annotations, selection, locked } = this.editor.state
    return [...selection].filter((id) => !locked.has(id)).flatMap((id) => annotations.get(id) ?? [])
  }

  #point({ at, shift, mod }: PointerInput): void {
    const { editor } = this
    const hits = editor.hits().at(at, reachOf(editor))
    const { selection } = editor.state
    this.#onClick = null
    if (hits.length === 0) {
      if (!shift) editor.select([])
      this.state = 'banding'
      return
    }
    const top = hits[0]!.id
    const group = hits[0]!.group
    const held = hits.findIndex(({ id }) => selection.has(id))
    if (mod && group !== null) editor.select(editor.hits().all().filter((one) => one.group === group).map(({ id }) => id))
    else if (shift) editor.select(selection.has(top) ? [...selection].filter((id) => id !== top) : [...selection, top])
    else if (held < 0) editor.select([top])
    else this.#onClick = () => editor.select([hits[(held + (selection.size === 1 ? 1 : 0)) % hits.length]!.id])
    this.state = 'pointing'
  }

  #isDrag({ at }: PointerInput): boolean {
    return Math.hypot(at.x - this.#from.x, at.y - this.#from.y) > reachOf(this.editor) / 2
  }

  #startMove(): void {
    this.#moving = this.#editable()
    if (this.#moving.length === 0) return
    this.state = 'moving'
    this.#box = this.#extent()
    this.#follower = this.#moving.length === 1 ? new Follower(this.editor, this.#moving[0]!) : null
  }

  #extent(): Box {
    return this.#moving.map(({ box }) => box).reduce(encloseBoxes)
  }

  #move({ at }: PointerInput): void {
    const by = { x: at.x - this.#from.x, y: at.y - this.#from.y }
    const extent = this.#extent()
    this.#preview(movedBox(extent, snapMove(extent, by, this.editor.state.image!, reachOf(this.editor))))
  }

  #startResize({ annotation, handle }: Grip): void {
    if (!this.editor.state.selection.has(annotation.id)) this.editor.select([annotation.id])
    this.state = 'resizing'
    this.#moving = [annotation]
    this.#handle = handle
    this.#follower = new Follower(this.editor, annotation)
  }

  #resize({ at }: PointerInput): void {
    const to = snapPoint(at, this.editor.state.image!, reachOf(this.editor))
    const box = resizedBox(this.#moving[0]!.box, this.#handle!, to)
    if (!isThin(box, 1)) this.#preview(box)
  }

  /** Shows what a release now would store; `box` is where the extent of what is moved would be. */
  #preview(box: Box): void {
    this.#box = box
    const follower = this.#follower
    const show = () => {
      if (this.#box !== null && follower === this.#follower) this.editor.setDraft({ kind: 'preview', annotations: this.#moved(this.#box) })
    }
    const annotations = follower ? [follower.aim(box, show)] : this.#moved(box)
    this.editor.setDraft({ kind: 'preview', annotations })
  }

  #moved(box: Box): Annotation[] {
    if (this.#follower) return [this.#follower.at(box)]
    const extent = this.#extent()
    const by = { x: box.x0 - extent.x0, y: box.y0 - extent.y0 }
    return this.#moving.map((annotation) => stretched(annotation, movedBox(annotation.box, by), this.editor.state.image!))
  }

  #commit(box: Box): void {
    const reason = this.state === 'resizing' ? 'resize' : 'move'
    if (this.#follower) this.#follower.finish(box, reason)
    else this.#store(this.#moved(box), reason)
  }

  #store(moved: readonly Annotation[], reason: string): void {
    const byId = new Map(moved.map((annotation) => [annotation.id, annotation]))
    this.editor.update(byId.keys(), ({ id }) => byId.get(id)!, reason)
  }

  #nudge(by: ImagePoint): void {
    const extent = this.#extent()
    const box = movedBox(extent, snapMove(extent, by, this.editor.state.image!, 0))
    if (this.#moving.length === 1) new Follower(this.editor, this.#moving[0]!).finish(box, 'nudge')
    else this.#store(this.#moved(box), 'nudge')
  }

  #selectInside({ at, shift }: PointerInput): void {
    const { editor } = this
    const inside = editor.hits().inside(boxBetween(this.#from, at, editor.state.image!))
    if (inside.length > 0 || !shift) editor.select([...(shift ? editor.state.selection : []), ...inside.map(({ id }) => id)])
  }
}
