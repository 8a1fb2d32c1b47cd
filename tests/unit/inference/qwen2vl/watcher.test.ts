import { describe, expect, it } from 'vitest'
import { LoopDetector, ReplyWatcher } from '../../../../src/core/inference/qwen2vl/watcher.ts'
import type { GroundedBox } from '../../../../src/core/inference/seams.ts'

const frame = { coordinates: 'relative-1000', image: { width: 1000, height: 1000 }, resized: { width: 280, height: 280 } } as const
/** Tokens are characters. */
const decode = (tokens: readonly number[]) => String.fromCodePoint(...tokens)

function watch(text: string, maxBoxes: number) {
  const told: { box: GroundedBox; after: number }[] = []
  let at = 0
  const watcher = new ReplyWatcher({ decode, frame, maxBoxes, onBox: (box) => told.push({ box, after: at }) })
  for (const character of text) {
    at++
    const stop = watcher.judge(character.codePointAt(0)!)
    if (stop) return { told, stop, at }
  }
  return { told, stop: null, at }
}

describe('ReplyWatcher', () => {
  it('tells each box as soon as its last character is there', () => {
    const { told, stop } = watch('(1,2),(3,4),(50,60),(70,80)', 9)
    expect(told.map(({ after }) => after)).toEqual([11, 27])
    expect(told[1]!.box.box).toEqual({ x0: 50, y0: 60, x1: 70, y1: 80 })
    expect(stop).toBeNull()
  })
  it('stops with the token after the last box allowed', () => {
    expect(watch('(1,2),(3,4),(50,60),(70,80),(1,1)', 2)).toMatchObject({ stop: 'box-limit', at: 28 })
  })
  it('lets a reply end by itself right at the limit', () => {
    expect(watch('(1,2),(3,4)', 1).stop).toBeNull()
  })
  it('stops a reply that says the same box over and over', () => {
    const { stop, told } = watch('(101,102),(203,204)'.repeat(50), 99)
    expect(stop).toBe('repetition')
    expect(told.length).toBeLessThanOrEqual(3)
  })
})

describe('LoopDetector', () => {
  const firstStop = (tokens: readonly number[]) => {
    const detector = new LoopDetector()
    return tokens.findIndex((token) => detector.add(token))
  }
  it('wants three turns and 24 tokens repeated', () => {
    expect(firstStop(new Array<number>(100).fill(5))).toBe(24)
    expect(firstStop(Array.from({ length: 200 }, (_, i) => i % 20))).toBe(20 + 40 - 1)
  })
  it('lets different boxes of one shape pass', () => {
    const boxes = Array.from({ length: 80 }, (_, i) => `(${i * 7 % 100},${i * 13 % 100}),(${i},${(i * i) % 997})`).join('')
    expect(firstStop([...boxes].map((c) => c.codePointAt(0)!))).toBe(-1)
  })
})
