import { describe, expect, it } from 'vitest'
import { acceptEdited } from '../../../../src/renderer/editor/edits.ts'
import { EMPTY_CHANGES } from '../../../../src/shared/changes.ts'
import type { Annotation, LabelId } from '../../../../src/shared/model.ts'
import { annotation } from '../../../helpers/annotations.ts'

const MASK = { size: [4, 6], counts: '04' } as NonNullable<Annotation['mask']>

describe("a model's score", () => {
  const after = (over: Partial<Annotation>, change: Partial<Annotation>) => {
    const from = annotation(1, { state: 'proposed', origin: 'model', score: 0.8, ...over })
    return acceptEdited({ ...EMPTY_CHANGES, updated: [[from, { ...from, ...change }]] }).updated[0]![1].score
  }

  it('goes with a correction of box, outline or label', () => {
    expect(after({}, { box: { x0: 0, y0: 0, x1: 5, y1: 5 } })).toBeNull()
    expect(after({ mask: MASK }, { mask: { ...MASK, counts: 'o' } })).toBeNull()
    expect(after({ mask: MASK }, { mask: null, polygon: [[0, 0, 5, 0, 5, 5]] })).toBeNull()
    expect(after({}, { labelId: 2 as LabelId })).toBeNull()
  })

  it('stays where a person only accepts, says more, or asks for the first mask', () => {
    expect(after({}, { state: 'accepted' })).toBe(0.8)
    expect(after({ mask: MASK }, { difficult: true, z: 9, attributes: { colour: 'red' } })).toBe(0.8)
    expect(after({}, { mask: MASK })).toBe(0.8)
  })
})
