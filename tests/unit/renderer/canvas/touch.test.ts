/** Pens, and the hands that hold them, on a screen that feels both. */
import { beforeEach, describe, expect, it } from 'vitest'
import { TouchInputs } from '../../../../src/renderer/canvas/touch.ts'

const log: string[] = []
let inputs: TouchInputs
beforeEach(() => {
  log.length = 0
  const say = (what: string) => (event: PointerEvent) => void log.push(`${what} ${event.pointerType}`)
  const one = { down: say('down'), move: say('move'), up: say('up'), lose: () => void log.push('lose') }
  inputs = new TouchInputs(one, ({ clientX: x, clientY: y }) => ({ x, y }), () => void log.push('pinch'))
})
const event = (pointerType: string, pointerId: number, clientX: number) => ({ pointerType, pointerId, clientX, clientY: 0 }) as PointerEvent
const pen = (x: number) => event('pen', 1, x)
const hand = (x: number, id = 2) => event('touch', id, x)

describe('a hand on the screen', () => {
  it('means nothing while the pen is down', () => {
    inputs.down(pen(0))
    inputs.down(hand(100))
    inputs.move(pen(10))
    inputs.move(hand(150))
    inputs.down(hand(300, 3))
    inputs.move(hand(350, 3))
    inputs.up(hand(150))
    inputs.cancel(hand(350, 3))
    inputs.up(pen(10))
    expect(log).toEqual(['down pen', 'move pen', 'up pen'])
  })

  it('that lay down first is taken back when the pen comes', () => {
    inputs.down(hand(100))
    inputs.move(hand(150))
    inputs.down(pen(0))
    inputs.move(hand(200))
    inputs.up(hand(200))
    inputs.up(pen(0))
    expect(log).toEqual(['down touch', 'move touch', 'lose', 'down pen', 'up pen'])
  })

  it('is a finger again once the pen is up, and two stretch', () => {
    inputs.down(pen(0))
    inputs.cancel(pen(0))
    inputs.down(hand(100))
    inputs.down(hand(200, 3))
    inputs.move(hand(90))
    expect(log).toEqual(['down pen', 'lose', 'pinch'])
  })
})
