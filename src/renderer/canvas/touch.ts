/** Two fingers on a touch screen: they carry the picture, and stretch it. One finger is left to the tools. CSS pixels. */
import type { ScreenPoint } from '../../shared/geometry.ts'

/** A finger that moved less has not begun a gesture: the second one may still come. */
const SLOP = 6

export interface Pinch {
  /** Between the fingers, before and now. */
  readonly from: ScreenPoint
  readonly to: ScreenPoint
  /** How far the fingers are apart, now to before. */
  readonly factor: number
}

export class Fingers {
  readonly #down = new Map<number, ScreenPoint>()
  #start: ScreenPoint | null = null

  get count(): number {
    return this.#down.size
  }

  press(id: number, at: ScreenPoint): void {
    this.#start = this.#down.size === 0 ? at : null
    this.#down.set(id, at)
  }

  has(id: number): boolean {
    return this.#down.has(id)
  }

  /** As if none had been down. */
  forget(): void {
    this.#down.clear()
  }

  /** False for a finger that is not known to be down. */
  lift(id: number): boolean {
    return this.#down.delete(id)
  }

  /** True from where a lone finger left its place for good. */
  hasLeft(at: ScreenPoint): boolean {
    if (this.#start && Math.hypot(at.x - this.#start.x, at.y - this.#start.y) > SLOP) this.#start = null
    return this.#start === null
  }

  /** What a move of one of two fingers does to the picture; null with any other number of them. */
  move(id: number, at: ScreenPoint): Pinch | null {
    if (!this.#down.has(id)) return null
    const before = [...this.#down.values()]
    this.#down.set(id, at)
    const now = [...this.#down.values()]
    if (now.length !== 2) return null
    return { from: middle(before), to: middle(now), factor: apart(now) / apart(before) }
  }
}

function middle([a, b]: readonly ScreenPoint[]): ScreenPoint {
  return { x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2 }
}

/** At least one pixel, so that fingers can't stretch it to infinity. */
function apart([a, b]: readonly ScreenPoint[]): number {
  return Math.max(1, Math.hypot(a!.x - b!.x, a!.y - b!.y))
}

/** What one pointer does, as for a mouse. */
export interface OnePointer {
  down(event: PointerEvent): void
  move(event: PointerEvent): void
  up(event: PointerEvent): void
  /** As if the gesture had not been. */
  lose(): void
}

/**
 * Lets mice and pens through, and of touches those of one finger, once it is clear that no second one comes. While a pen is
 * down a touch is the hand that holds it, and means nothing.
 */
export class TouchInputs {
  readonly #one: OnePointer
  readonly #screen: (event: MouseEvent) => ScreenPoint
  readonly #onPinch: (pinch: Pinch) => void
  readonly #fingers = new Fingers()
  /** The press of a finger that may yet become one of two. */
  #held: PointerEvent | null = null
  #isPinching = false
  /** A mouse or a pen is down. */
  #isOther = false

  constructor(one: OnePointer, screen: (event: MouseEvent) => ScreenPoint, onPinch: (pinch: Pinch) => void) {
    this.#one = one
    this.#screen = screen
    this.#onPinch = onPinch
  }

  down(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return this.#downOther(event)
    if (this.#isOther) return
    this.#fingers.press(event.pointerId, this.#screen(event))
    if (this.#fingers.count === 1) {
      this.#held = event
      return
    }
    if (!this.#isPinching && !this.#held) this.#one.lose()
    this.#held = null
    this.#isPinching = true
  }

  move(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return this.#one.move(event)
    if (!this.#fingers.has(event.pointerId)) return
    const at = this.#screen(event)
    const pinch = this.#fingers.move(event.pointerId, at)
    if (pinch) this.#onPinch(pinch)
    if (this.#isPinching || (this.#held && !this.#fingers.hasLeft(at))) return
    this.#press()
    this.#one.move(event)
  }

  up(event: PointerEvent): void {
    if (event.pointerType !== 'touch') {
      this.#isOther = false
      return this.#one.up(event)
    }
    if (!this.#fingers.lift(event.pointerId)) return
    if (!this.#isPinching) {
      this.#press()
      this.#one.up(event)
    }
    this.#isPinching &&= this.#fingers.count > 0
  }

  /** The system took the pointer away. */
  cancel(event: PointerEvent): void {
    if (event.pointerType !== 'touch') this.#isOther = false
    else if (!this.#fingers.lift(event.pointerId)) return
    if (!this.#isPinching && !this.#held) this.#one.lose()
    this.#held = null
    this.#isPinching &&= this.#fingers.count > 0
  }

  /** The hand may have lain down before the pen: what it did was no gesture. */
  #downOther(event: PointerEvent): void {
    if (this.#fingers.count > 0 && !this.#isPinching && !this.#held) this.#one.lose()
    this.#fingers.forget()
    this.#held = null
    this.#isPinching = false
    this.#isOther = true
    this.#one.down(event)
  }

  #press(): void {
    const held = this.#held
    this.#held = null
    if (held) this.#one.down(held)
  }
}
