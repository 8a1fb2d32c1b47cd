import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apply, ChangeSetSchema, EMPTY_CHANGES, isEmpty, isSame, reverse, squash } from '../../../src/shared/changes.ts'
import type { ChangeSet } from '../../../src/shared/changes.ts'
import { ImageId } from '../../../src/shared/model.ts'
import type { Annotation, AnnotationId } from '../../../src/shared/model.ts'
import { annotation, annotationId, anyFields, deepFreeze } from '../../helpers/annotations.ts'

type Annotations = ReadonlyMap<AnnotationId, Annotation>

const mapOf = (...list: Annotation[]): Annotations => new Map(list.map((one) => [one.id, one]))
const changes = (part: Partial<ChangeSet>): ChangeSet => deepFreeze({ ...EMPTY_CHANGES, ...part })

/** What to do to each of eight annotation ids: nothing, put there (added or changed), or taken away. */
const anyStep = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.option(anyFields)), { maxLength: 6 })

/** Changes that fit `before`, made of one step. */
function changesFrom(before: Annotations, step: readonly (readonly [number, Partial<Annotation> | null])[]): ChangeSet {
  const added: Annotation[] = []
  const updated: [Annotation, Annotation][] = []
  const removed: Annotation[] = []
  for (const [n, fields] of new Map(step)) {
    const from = before.get(annotationId(n))
    const to = fields && annotation(n, fields)
    if (from && to) updated.push([from, to])
    else if (from) removed.push(from)
    else if (to) added.push(to)
  }
  return deepFreeze({ added, updated, removed })
}

/** Runs `steps` from nothing and gives each state and the changes between them. */
function play(steps: readonly (readonly (readonly [number, Partial<Annotation> | null])[])[]) {
  const sets: ChangeSet[] = []
  const states: Annotations[] = [new Map()]
  for (const step of steps) {
    const set = changesFrom(states.at(-1)!, step)
    sets.push(set)
    states.push(apply(states.at(-1)!, set))
  }
  return { sets, states }
}

describe('ChangeSet properties', () => {
  it('reverse undoes apply', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 4 }), (steps) => {
        const { sets, states } = play(steps)
        expect(apply(states.at(-1)!, reverse(sets.at(-1)!))).toEqual(states.at(-2))
      }),
    )
  })

  it('reverse twice is the same', () => {
    fc.assert(
      fc.property(anyStep, anyStep, (first, second) => {
        const set = play([first, second]).sets[1]!
        expect(reverse(reverse(set))).toEqual(set)
      }),
    )
  })

  it('squash does what its parts do one after the other, and its reverse goes all the way back', () => {
    fc.assert(
      fc.property(anyStep, fc.array(anyStep, { maxLength: 5 }), (start, steps) => {
        const { sets, states } = play([start, ...steps])
        const whole = squash(...sets.slice(1))
        expect(apply(states[1]!, whole)).toEqual(states.at(-1))
        expect(apply(states.at(-1)!, reverse(whole))).toEqual(states[1])
      }),
    )
  })

  it('squash names each annotation once and leaves out what ends as it began', () => {
    fc.assert(
      fc.property(anyStep, fc.array(anyStep, { maxLength: 5 }), (start, steps) => {
        const { sets, states } = play([start, ...steps])
        const whole = squash(...sets.slice(1))
        expect(ChangeSetSchema.safeParse(whole).success).toBe(true)
        expect(isEmpty(squash(whole, reverse(whole)))).toBe(true)
        for (const [from, to] of whole.updated) expect(to).not.toEqual(from)
        expect(apply(states[1]!, whole).size).toBe(states.at(-1)!.size)
      }),
    )
  })

  it('crosses the wire unchanged', () => {
    fc.assert(
      fc.property(anyStep, anyStep, (first, second) => {
        const set = play([first, second]).sets[1]!
        expect(ChangeSetSchema.parse(structuredClone(set))).toEqual(set)
      }),
    )
  })
})

describe('apply', () => {
  it('leaves the map it was given alone', () => {
    const before = mapOf(annotation(1))
    apply(before, changes({ removed: [annotation(1)], added: [annotation(2)] }))
    expect([...before.keys()]).toEqual([annotationId(1)])
  })

  it.each<[string, ChangeSet]>([
    ['adds one that is there', changes({ added: [annotation(1)] })],
    ['removes one that is not there', changes({ removed: [annotation(2)] })],
    ['removes one that differs', changes({ removed: [annotation(1, { score: 0.5 })] })],
    ['updates one that is not there', changes({ updated: [[annotation(2), annotation(2, { z: 9 })]] })],
    ['updates one that differs', changes({ updated: [[annotation(1, { z: 8 }), annotation(1, { z: 9 })]] })],
  ])('refuses a change that %s', (_, set) => {
    expect(() => apply(mapOf(annotation(1)), set)).toThrow(expect.objectContaining({ code: 'stale-revision' }))
  })

  it.each<[string, ChangeSet]>([
    ['names one twice', changes({ removed: [annotation(1)], added: [annotation(1)] })],
    ['gives one another id', changes({ updated: [[annotation(1), annotation(2)]] })],
    ['moves one to another image', changes({ updated: [[annotation(1), annotation(1, { imageId: ImageId.parse(7) })]] })],
  ])('refuses a ChangeSet that %s, on the wire too', (_, set) => {
    expect(() => apply(mapOf(annotation(1)), set)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(ChangeSetSchema.safeParse(set).success).toBe(false)
  })
})

describe('squash', () => {
  it('turns add and update into one add, update and remove into one remove', () => {
    const one = annotation(1)
    const moved = annotation(1, { z: 5 })
    const move = changes({ updated: [[one, moved]] })
    expect(squash(changes({ added: [one] }), move)).toEqual(changes({ added: [moved] }))
    expect(squash(move, changes({ removed: [moved] }))).toEqual(changes({ removed: [one] }))
    expect(squash(changes({ removed: [one] }), changes({ added: [moved] }))).toEqual(move)
  })

  it('refuses parts that do not follow each other', () => {
    const add = changes({ added: [annotation(1)] })
    expect(() => squash(add, add)).toThrow(expect.objectContaining({ code: 'stale-revision' }))
  })

  it('of nothing is empty', () => {
    expect(isEmpty(squash())).toBe(true)
    expect(isEmpty(changes({ added: [annotation(1)] }))).toBe(false)
  })
})

describe('isSame', () => {
  it('ignores the order of keys and nothing else', () => {
    expect(isSame({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
    expect(isSame({ a: 1 }, { a: 1, b: 2 })).toBe(false)
    expect(isSame({ a: undefined }, { b: 1 })).toBe(false)
    expect(isSame([1], { 0: 1 })).toBe(false)
    expect(isSame([], {})).toBe(false)
    expect(isSame(null, {})).toBe(false)
    expect(isSame('1', 1)).toBe(false)
  })
})
