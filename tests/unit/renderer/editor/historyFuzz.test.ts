/** Random edits against an oracle that keeps every state whole: undo and redo must lead exactly there. */
import { describe, expect, it } from 'vitest'
import type { Annotation, AnnotationId } from '../../../../src/shared/model.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

/** Seeds that once failed come first and stay. */
const SEEDS = Array.from({ length: 25 }, (_, i) => i + 1)
const STEPS = 60

type Annotations = ReadonlyMap<AnnotationId, Annotation>

/** mulberry32: numbers in [0, 1) from a seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function edit(test: TestEditor, random: () => number): void {
  const below = (limit: number) => Math.floor(random() * limit)
  const some = test.annotations.filter(() => random() < 0.4)
  const [x, y] = [below(150), below(60)]
  const outline = { box: { x0: x, y0: y, x1: x + 5 + below(40), y1: y + 5 + below(30) } }
  test.editor.select(some.map(({ id }) => id))
  const choices = [
    () => test.add(outline),
    () => test.add(outline, { state: 'proposed' }),
    () => test.editor.commit({ added: [], updated: [], removed: some }, 'delete'),
    () => test.editor.useLabel((1 + below(2)) as Annotation['labelId']),
    () => test.editor.acceptAll(),
    () => test.editor.discardAll(),
    () => test.key('ArrowRight', { shift: true }),
    () => test.drag([x, y], [below(200), below(100)]),
    () => test.perform('tool.box').drag([x, y], [x + 20, y + 20]).perform('tool.select'),
    () => test.perform('tool.brush').drag([x, y], [x + 20, y]).perform('tool.select'),
  ]
  choices[below(choices.length)]!()
}

class Oracle {
  readonly states: Annotations[]
  at = 0

  constructor(start: Annotations) {
    this.states = [start]
  }

  push(state: Annotations): void {
    this.states.splice(this.at + 1, Infinity, state)
    this.at++
  }
}

describe('undo and redo', () => {
  it.each(SEEDS)('seed %i: every step back and forth is the state it was', async (seed) => {
    const test = await TestEditor.start()
    const random = randomOf(seed)
    const oracle = new Oracle(test.state.annotations)
    for (let step = 0; step < STEPS; step++) {
      const choice = random()
      if (choice < 0.2 && oracle.at > 0) {
        test.editor.undo()
        oracle.at--
      } else if (choice < 0.3 && oracle.at < oracle.states.length - 1) {
        test.editor.redo()
        oracle.at++
      } else {
        const before = test.state.annotations
        edit(test, random)
        await test.settle()
        if (test.state.annotations !== before) oracle.push(test.state.annotations)
      }
      expect(test.state.annotations).toEqual(oracle.states[oracle.at])
      expect(test.state.canUndo).toBe(oracle.at > 0)
      expect(test.state.canRedo).toBe(oracle.at < oracle.states.length - 1)
    }
    while (test.state.canUndo) test.editor.undo()
    expect(test.annotations).toEqual([])
    while (test.state.canRedo) test.editor.redo()
    expect(test.state.annotations).toEqual(oracle.states.at(-1))
    await test.expectStored()
    expect(test.state.problems).toEqual([])
  })
})
