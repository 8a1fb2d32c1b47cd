/** Records for tests: complete, valid and deep-frozen, so that code which mutates one throws where it does. */
import fc from 'fast-check'
import { AnnotationId, ImageId, LabelId, UNMARKED } from '../../src/shared/model.ts'
import type { Annotation } from '../../src/shared/model.ts'

/** Freezes a value and all it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}

/** The n-th annotation id. */
export function annotationId(n: number): AnnotationId {
  return AnnotationId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`)
}

/** A drawn, accepted box; `over` replaces fields. */
export function annotation(n: number, over: Partial<Annotation> = {}): Annotation {
  return deepFreeze({
    id: annotationId(n),
    imageId: ImageId.parse(1),
    frame: 0,
    labelId: LabelId.parse(1),
    box: { x0: n, y0: 0.5, x1: n + 10, y1: 20 },
    mask: null,
    polygon: null,
    state: 'accepted',
    origin: 'drawn',
    score: null,
    ...UNMARKED,
    z: n,
    provenanceId: null,
    ...over,
  })
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

/** What can be different about an annotation, each field its own way. */
export const anyFields: fc.Arbitrary<Partial<Annotation>> = fc.record({
  box: fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.double({ min: 0, max: 1e4, noNaN: true }))
    .map(([corner, side]) => ({ x0: corner, y0: corner / 3, x1: corner + side, y1: corner / 3 + side })),
  mask: orNull(fc.record({ size: fc.constant<[number, number]>([4, 6]), counts: fc.constantFrom('04', 'o', '`0') })),
  polygon: orNull(fc.constant([[0, 0, 5.25, 0, 5, 1 / 3]])),
  state: fc.constantFrom('proposed' as const, 'accepted' as const),
  origin: fc.constantFrom('drawn' as const, 'model' as const, 'imported' as const),
  score: orNull(fc.double({ min: 0, max: 1, noNaN: true })),
  iscrowd: fc.boolean(),
  difficult: fc.boolean(),
  truncated: fc.boolean(),
  occluded: fc.boolean(),
  // zod leaves "__proto__" out of records.
  attributes: fc.dictionary(fc.string().filter((key) => key !== '__proto__'), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
  group: orNull(fc.integer()),
  z: fc.integer(),
  source: orNull(fc.constant({ area: 1.5, nested: { keys: ['verbatim', null] } })),
})
