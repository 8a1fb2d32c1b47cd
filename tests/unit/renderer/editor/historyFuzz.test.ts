/** Random edits, undo and redo against an oracle that keeps every state: undo and redo must lead exactly there. */
import { describe, expect, it } from 'vitest'
import type { LabelRow } from '../../../../src/shared/appContract.ts'
import { isSame } from '../../../../src/shared/changes.ts'
import type { Annotation, AnnotationId } from '../../../../src/shared/model.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

/** Seeds that once failed come first and stay. */
const SEEDS = Array.from({ length: 25 }, (_, i) => i + 1)
const STEPS = 60
const COLORS = ['#111111', '#222222', '#333333', '#444444']

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

interface Snapshot {
  readonly annotations: ReadonlyMap<AnnotationId, Annotation>
  /** In their order, whatever numbers stand for it. */
  readonly labels: readonly Pick<LabelRow, 'id' | 'name' | 'color' | 'key'>[]
}

function snapshot({ state }: TestEditor): Snapshot {
  return { annotations: state.annotations, labels: state.labels.map(({ id, name, color, key }) => ({ id, name, color, key })) }
}

const isSameSnapshot = (a: Snapshot, b: Snapshot) =>
  isSame(a.labels, b.labels) && a.annotations.size === b.annotations.size && [...a.annotations].every(([id, one]) => isSame(one, b.annotations.get(id)))

interface Random {
  readonly random: () => number
  readonly below: (limit: number) => number
}

function randomly(seed: number): Random {
  const random = randomOf(seed)
  return { random, below: (limit) => Math.floor(random() * limit) }
}

function editObjects(test: TestEditor, { random, below }: Random): void {
  const some = test.annotations.filter(() => random() < 0.4)
  const label = test.state.labels[below(test.state.labels.length)]!.id
  const [x, y] = [below(150), below(60)]
  const outline = { box: { x0: x, y0: y, x1: x + 5 + below(40), y1: y + 5 + below(30) } }
  test.editor.select(some.map(({ id }) => id))
  const choices = [
    () => test.add(outline, { labelId: label }),
    () => test.add(outline, { labelId: label, state: 'proposed' }),
    () => test.editor.commit({ added: [], updated: [], removed: some }, 'delete'),
    () => test.editor.useLabel(label),
    () => test.editor.acceptAll(),
    () => test.editor.discardAll(),
    () => test.key('ArrowRight', { shift: true }),
    () => test.drag([x, y], [below(200), below(100)]),
    () => test.perform('tool.box').drag([x, y], [x + 20, y + 20]).perform('tool.select'),
    () => test.perform('tool.brush').drag([x, y], [x + 20, y]).perform('tool.select'),
    () => test.isEnabled('object.toPolygon') && test.perform('object.toPolygon'),
  ]
  choices[below(choices.length)]!()
}

/** One that adds no label: taking that back is refused once it has objects. */
async function editLabels({ editor, state: { labels } }: TestEditor, { below }: Random): Promise<void> {
  const [one, other] = [labels[below(labels.length)]!, labels[below(labels.length)]!]
  const choices = [
    () => editor.updateLabel(one.id, { name: `${one.name}'` }),
    () => editor.updateLabel(one.id, { key: String(1 + below(3)) }),
    () => editor.updateLabel(one.id, { order: below(labels.length) }),
    () => editor.updateLabel(one.id, { color: COLORS[below(4)]! }),
    () => (labels.length > 2 ? editor.removeLabel(one.id, one === other ? null : other.id) : Promise.resolve()),
  ]
  await choices[below(choices.length)]!()
}

/** What a step is joined to: the colours of one label that follow each other are one. */
function recoloured(before: Snapshot, after: Snapshot): number | null {
  const changed = after.labels.filter((label, i) => label.color !== before.labels[i]?.color)
  return changed.length === 1 && before.labels.every(({ id }, i) => id === after.labels[i]?.id) ? changed[0]!.id : null
}

class Oracle {
  readonly states: Snapshot[]
  at = 0
  #joins: number | null = null
  #joinsAt = -1

  constructor(start: Snapshot) {
    this.states = [start]
  }

  push(state: Snapshot): void {
    const joins = recoloured(this.states[this.at]!, state)
    const isJoined = joins !== null && joins === this.#joins && this.#joinsAt === this.at
    this.states.splice(this.at + (isJoined ? 0 : 1), Infinity, state)
    this.at = this.states.length - 1
    this.#joins = joins
    this.#joinsAt = this.at
  }
}

async function start(): Promise<TestEditor> {
  const test = await TestEditor.start()
  test.host.labels.push(...['dog', 'tree', 'house', 'road'].map((name, i) => ({ ...test.host.labels[0]!, id: (3 + i) as LabelRow['id'], name, order: 2 + i })))
  test.host.announceEverything()
  await test.settle()
  expect(test.state.labels).toHaveLength(6)
  return test
}

const edit = async (test: TestEditor, random: Random) => {
  if (random.random() < 0.3) await editLabels(test, random)
  else editObjects(test, random)
  await test.settle()
}

async function step(test: TestEditor, direction: 'undo' | 'redo'): Promise<void> {
  test.editor[direction]()
  await test.settle()
}

describe('undo and redo', () => {
  it.each(SEEDS)('seed %i: every step back and forth is the state it was', async (seed) => {
    const test = await start()
    const random = randomly(seed)
    const oracle = new Oracle(snapshot(test))
    for (let i = 0; i < STEPS; i++) {
      const choice = random.random()
      if (choice < 0.2 && oracle.at > 0) {
        await step(test, 'undo')
        oracle.at--
      } else if (choice < 0.3 && oracle.at < oracle.states.length - 1) {
        await step(test, 'redo')
        oracle.at++
      } else {
        const before = snapshot(test)
        await edit(test, random)
        if (!isSameSnapshot(snapshot(test), before)) oracle.push(snapshot(test))
      }
      expect(snapshot(test)).toEqual(oracle.states[oracle.at])
      expect(test.state.canUndo).toBe(oracle.at > 0)
      expect(test.state.canRedo).toBe(oracle.at < oracle.states.length - 1)
    }
    while (test.state.canUndo) await step(test, 'undo')
    expect(snapshot(test)).toEqual(oracle.states[0])
    while (test.state.canRedo) await step(test, 'redo')
    expect(snapshot(test)).toEqual(oracle.states.at(-1))
    await test.expectStored()
    expect(test.state.problems).toEqual([])
  })

  it.each(SEEDS)('seed %i: on three images, taken back from whichever is at hand, nothing is left and nothing refused', async (seed) => {
    const test = await start()
    const random = randomly(1000 + seed)
    const first = snapshot(test)
    for (let i = 0; i < STEPS; i++) {
      const choice = random.random()
      if (choice < 0.2) await test.editor.openIndex(random.below(3))
      else if (choice < 0.3) await step(test, 'undo')
      else if (choice < 0.36) await step(test, 'redo')
      else await edit(test, random)
    }
    for (let turn = 0; await canUndoAnywhere(test); turn++) {
      await test.editor.openIndex(turn % 3)
      const count = 1 + random.below(6)
      for (let i = 0; i < count; i++) await step(test, 'undo')
    }
    for (let index = 0; index < 3; index++) {
      await test.editor.openIndex(index)
      expect(test.annotations).toEqual([])
      await test.expectStored()
    }
    expect(snapshot(test).labels).toEqual(first.labels)
    expect(test.state.problems).toEqual([])
  })
})

async function canUndoAnywhere(test: TestEditor): Promise<boolean> {
  for (let index = 0; index < 3; index++) {
    await test.editor.openIndex(index)
    if (test.state.canUndo) return true
  }
  return false
}
