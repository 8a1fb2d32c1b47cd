/** Which tiles are in sight, how a drag changes a window, and what fingers do: without pixels. */
import { describe, expect, it } from 'vitest'
import { draggedWindow, widthAndLevel, windowOf } from '../../../../src/renderer/canvas/sampleWindow.ts'
import { levelFor, tilesIn } from '../../../../src/renderer/canvas/tiles.ts'
import { Fingers, TouchInputs, type Pinch } from '../../../../src/renderer/canvas/touch.ts'
import { INITIAL_STATE, type EditorState } from '../../../../src/renderer/editor/state.ts'
import { levelSizes } from '../../../../src/shared/pictures.ts'

const WIDE = { width: 20_000, height: 3000 }

describe('tiles', () => {
  it('have at least the resolution of the screen, and no more than twice as much', () => {
    for (const scale of [8, 1, 0.9, 0.51, 0.5, 0.26, 0.1, 0.02]) {
      const level = levelFor(WIDE, scale)
      const shrunk = 2 ** -level
      expect([scale, shrunk >= Math.min(1, scale), level === 0 || level === levelSizes(WIDE).length - 1 || shrunk / 2 < scale]).toEqual([scale, true, true])
    }
  })

  it('are those that meet what is in sight, none outside the picture', () => {
    expect(tilesIn(WIDE, 0, { x0: 512, y0: 512, x1: 1024, y1: 1025 })).toEqual([{ level: 0, x: 1, y: 1 }, { level: 0, x: 1, y: 2 }])
    expect(tilesIn(WIDE, 0, { x0: -900, y0: -900, x1: 1, y1: 1 })).toEqual([{ level: 0, x: 0, y: 0 }])
    expect(tilesIn(WIDE, 0, { x0: 19_999, y0: 2999, x1: 99_999, y1: 99_999 })).toEqual([{ level: 0, x: 39, y: 5 }])
    expect(tilesIn(WIDE, 0, { x0: 30_000, y0: 0, x1: 40_000, y1: 100 })).toEqual([])
    for (const [level, size] of levelSizes(WIDE).entries()) {
      const all = tilesIn(WIDE, level, { x0: -1, y0: -1, x1: 20_001, y1: 3001 })
      expect(all).toHaveLength(Math.ceil(size.width / 512) * Math.ceil(size.height / 512))
    }
  })
})

describe('a window of stored values', () => {
  const stateOf = (window: EditorState['adjustments']['window']): EditorState => ({
    ...INITIAL_STATE,
    adjustments: { ...INITIAL_STATE.adjustments, window },
    picture: { problem: null, samples: { bits: 16, range: { low: 10, high: 4000 }, percentiles: { low: 30, high: 3000 } } },
  })

  it('is the chosen one, else that of the picture', () => {
    expect(windowOf(stateOf('range'))).toEqual({ low: 10, high: 4000 })
    expect(windowOf(stateOf('percentiles'))).toEqual({ low: 30, high: 3000 })
    expect(windowOf(stateOf({ low: 1, high: 2 }))).toEqual({ low: 1, high: 2 })
    expect(windowOf(INITIAL_STATE)).toBeNull()
  })

  it('gets wider to the right and brighter upwards, in whole values within the type', () => {
    const window = { low: 1000, high: 3000 }
    const wider = draggedWindow(window, 20, 0)
    expect([widthAndLevel(wider).width > 2000, widthAndLevel(wider).level]).toEqual([true, 2000])
    expect(widthAndLevel(draggedWindow(window, 0, -10))).toMatchObject({ width: 2000, level: 1940 })
    expect(draggedWindow(window, 0, 0)).toEqual(window)
    let at = window
    for (let n = 0; n < 70_000; n++) at = draggedWindow(at, -5, 3)
    expect([at.high - at.low, at.high]).toEqual([1, 65535])
    for (let n = 0; n < 70_000; n++) at = draggedWindow(at, 5, -3)
    expect(at).toEqual({ low: 0, high: 65535 })
  })

  it('that is narrow still moves by single values', () => {
    expect(draggedWindow({ low: 100, high: 104 }, 0, 1)).toEqual({ low: 101, high: 105 })
    expect(widthAndLevel(draggedWindow({ low: 100, high: 104 }, -1, 0)).width).toBe(3)
  })
})

describe('fingers', () => {
  it('stretch by how far they are apart, around the middle between them', () => {
    const fingers = new Fingers()
    fingers.press(1, { x: 0, y: 0 })
    expect(fingers.move(1, { x: 10, y: 0 })).toBeNull()
    fingers.press(2, { x: 110, y: 0 })
    expect(fingers.move(2, { x: 210, y: 20 })).toEqual({ from: { x: 60, y: 0 }, to: { x: 110, y: 10 }, factor: Math.hypot(200, 20) / 100 })
    fingers.press(3, { x: 0, y: 0 })
    expect(fingers.move(2, { x: 300, y: 0 })).toBeNull()
  })

  const touch = (pointerId: number, clientX: number, clientY = 0) => ({ pointerType: 'touch', pointerId, clientX, clientY }) as PointerEvent
  const inputs = () => {
    const done: string[] = []
    const say = (what: string) => ({ clientX }: PointerEvent) => void done.push(`${what} ${String(clientX)}`)
    const one = { down: say('down'), move: say('move'), up: say('up'), lose: () => void done.push('lose') }
    const onPinch = ({ factor }: Pinch) => void done.push(`pinch ${factor.toFixed(1)}`)
    return { done, touches: new TouchInputs(one, ({ clientX, clientY }) => ({ x: clientX, y: clientY }), onPinch) }
  }

  it('a tap is a press where it was, and a press begins once the finger leaves its place', () => {
    const { done, touches } = inputs()
    touches.down(touch(1, 5))
    touches.move(touch(1, 8))
    expect(done).toEqual([])
    touches.up(touch(1, 8))
    touches.down(touch(2, 5))
    touches.move(touch(2, 15))
    touches.up(touch(2, 20))
    expect(done).toEqual(['down 5', 'up 8', 'down 5', 'move 15', 'up 20'])
  })

  it('a second finger ends what the first began, and the last to leave begins nothing', () => {
    const { done, touches } = inputs()
    touches.down(touch(1, 0))
    touches.move(touch(1, 50))
    touches.down(touch(2, 150))
    touches.move(touch(2, 250))
    touches.up(touch(1, 50))
    touches.move(touch(2, 400))
    touches.up(touch(2, 400))
    expect(done).toEqual(['down 0', 'move 50', 'lose', 'pinch 2.0'])
    touches.down(touch(3, 7))
    touches.up(touch(3, 7))
    expect(done.slice(4)).toEqual(['down 7', 'up 7'])
  })

  it('that the system takes away leave nothing behind', () => {
    const { done, touches } = inputs()
    touches.down(touch(1, 0))
    touches.cancel(touch(1, 0))
    touches.up(touch(1, 0))
    expect(done).toEqual([])
    touches.down(touch(1, 0))
    touches.move(touch(1, 40))
    touches.cancel(touch(1, 40))
    expect(done).toEqual(['down 0', 'move 40', 'lose'])
  })
})
