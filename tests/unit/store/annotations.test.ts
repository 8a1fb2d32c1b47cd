import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apply, EMPTY_CHANGES, reverse } from '../../../src/shared/changes.ts'
import type { ChangeSet } from '../../../src/shared/changes.ts'
import { ImageId, LabelId, ProvenanceId } from '../../../src/shared/model.ts'
import type { Annotation } from '../../../src/shared/model.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { annotation, annotationId, anyFields, deepFreeze } from '../../helpers/annotations.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()
const IMAGE = ImageId.parse(1)
const WHO = { actor: 'tester', reason: 'test' }

async function filled(): Promise<Project> {
  const project = await folder.create()
  fill(project, 2)
  return project
}

const edit = (project: Project, baseRevision: number, part: Partial<ChangeSet>, imageId = IMAGE) =>
  project.annotations.apply({ imageId, baseRevision, changes: deepFreeze({ ...EMPTY_CHANGES, ...part }), ...WHO })

/** All that a refused edit must leave as it was. */
const stateOf = (project: Project) => ({
  image: project.images.get(IMAGE),
  ...project.annotations.load(IMAGE),
  log: project.log.ofImage(IMAGE),
})

describe('annotations.apply', () => {
  it('gives back what was stored, whatever the fields, and undo gives back what was before', async () => {
    const project = await filled()
    fc.assert(
      fc.property(anyFields, anyFields, (before, after) => {
        const one = annotation(1, before)
        const other = annotation(1, after)
        const { revision } = project.annotations.load(IMAGE)
        edit(project, revision, { added: [one] })
        expect(project.annotations.load(IMAGE).annotations).toEqual([one])
        const change = deepFreeze({ ...EMPTY_CHANGES, updated: [[one, other] as const] })
        edit(project, revision + 1, change)
        expect(project.annotations.load(IMAGE)).toEqual({ annotations: [other], revision: revision + 2 })
        edit(project, revision + 2, reverse(change))
        expect(project.annotations.load(IMAGE).annotations).toEqual([one])
        edit(project, revision + 3, { removed: [one] })
        expect(project.annotations.load(IMAGE)).toEqual({ annotations: [], revision: revision + 4 })
      }),
      { numRuns: 40 },
    )
    expect(project.log.verify()).toMatchObject({ ok: true })
  })

  it('counts the revision of the image, and only of this image', async () => {
    const project = await filled()
    expect(edit(project, 0, { added: [annotation(1)] })).toBe(1)
    expect(edit(project, 1, { added: [annotation(2)] })).toBe(2)
    expect(project.images.get(IMAGE).revision).toBe(2)
    expect(project.annotations.load(ImageId.parse(2)).revision).toBe(0)
  })

  it('takes changes that change nothing without a new revision or a line in the log', async () => {
    const project = await filled()
    expect(edit(project, 0, {})).toBe(0)
    expect(project.log.ofImage(IMAGE)).toEqual([])
  })

  it('orders annotations bottom to top', async () => {
    const project = await filled()
    edit(project, 0, { added: [annotation(1, { z: 5 }), annotation(2, { z: -1 }), annotation(3, { z: 5 })] })
    expect(project.annotations.load(IMAGE).annotations.map(({ id }) => id)).toEqual([2, 1, 3].map(annotationId))
  })

  const refusals: [string, string, number, Partial<ChangeSet>][] = [
    ['an old revision', 'stale-revision', 0, { added: [annotation(2)] }],
    ['a revision to come', 'stale-revision', 2, { added: [annotation(2)] }],
    ['an annotation added twice', 'stale-revision', 1, { added: [annotation(3), annotation(1)] }],
    ['an update of another state', 'stale-revision', 1, { updated: [[annotation(1, { z: 7 }), annotation(1, { z: 8 })]] }],
    ['an update of one that is not there', 'stale-revision', 1, { updated: [[annotation(2), annotation(2, { z: 8 })]] }],
    ['a removal of another state', 'stale-revision', 1, { added: [annotation(3)], removed: [annotation(1, { score: 0.5 })] }],
    ['one annotation named twice', 'invalid-argument', 1, { added: [annotation(2), annotation(2)] }],
    ['an annotation of another image', 'invalid-argument', 1, { added: [annotation(2, { imageId: ImageId.parse(2) })] }],
    ['an unknown label', 'invalid-argument', 1, { added: [annotation(3), annotation(2, { labelId: LabelId.parse(99) })] }],
    ['unknown provenance', 'invalid-argument', 1, { added: [annotation(2, { provenanceId: ProvenanceId.parse(9) })] }],
    ['a box inside out', 'invalid-argument', 1, { added: [annotation(2, { box: { x0: 9, y0: 0, x1: 1, y1: 1 } })] }],
    ['a box without end', 'invalid-argument', 1, { added: [annotation(2, { box: { x0: 0, y0: 0, x1: Infinity, y1: 1 } })] }],
    ['a box of NaN', 'invalid-argument', 1, { added: [annotation(2, { box: { x0: NaN, y0: 0, x1: 1, y1: 1 } })] }],
    ['a score above 1', 'invalid-argument', 1, { updated: [[annotation(1), annotation(1, { score: 1.5 })]] }],
  ]
  it.each(refusals)('refuses %s as %s and writes nothing', async (_, code, revision, changes) => {
    const project = await filled()
    edit(project, 0, { added: [annotation(1)] })
    const before = stateOf(project)
    expect(() => edit(project, revision, changes)).toThrow(expect.objectContaining({ code }))
    expect(stateOf(project)).toEqual(before)
    expect(project.check()).toEqual([])
  })

  it('knows no image that is not there', async () => {
    const project = await filled()
    expect(() => project.annotations.load(ImageId.parse(7))).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(() => edit(project, 0, {}, ImageId.parse(7))).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  it('agrees with ChangeSet.apply over random edits', async () => {
    const project = await filled()
    const anyEdits = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.option(anyFields, { nil: null })), { maxLength: 12 })
    fc.assert(
      fc.property(anyEdits, (edits) => {
        let { annotations, revision } = project.annotations.load(IMAGE)
        let expected: Map<Annotation['id'], Annotation> = new Map(annotations.map((one) => [one.id, one]))
        for (const [n, fields] of edits) {
          const from = expected.get(annotationId(n))
          const to = fields && annotation(n, fields)
          const changes: ChangeSet = {
            added: to && !from ? [to] : [],
            updated: to && from ? [[from, to]] : [],
            removed: from && !to ? [from] : [],
          }
          revision = edit(project, revision, changes)
          expected = apply(expected, changes)
        }
        annotations = project.annotations.load(IMAGE).annotations
        expect(new Map(annotations.map((one) => [one.id, one]))).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })
})

describe('reading annotations', () => {
  it('goes image after image while others write', async () => {
    const project = await folder.create()
    const { ids } = fill(project, 1203)
    project.transaction(() => {
      for (const imageId of ids) if (imageId % 2) edit(project, 0, { added: [annotation(imageId, { imageId })] }, imageId)
    })
    const seen: number[] = []
    for (const { imageId, annotations, revision } of project.annotations.iterate()) {
      expect(annotations).toHaveLength(1)
      seen.push(imageId)
      if (imageId % 100 === 1) edit(project, revision, { removed: annotations }, imageId)
    }
    expect(seen).toEqual(ids.filter((id) => id % 2))
    expect(project.annotations.count()).toBe(seen.length - 13)
  })

  it('finds the images of a label and counts per label', async () => {
    const project = await filled()
    const dog = project.labels.ensure('dog').id
    edit(project, 0, { added: [annotation(1), annotation(2, { labelId: dog }), annotation(3, { labelId: dog })] })
    edit(project, 0, { added: [annotation(4, { imageId: ImageId.parse(2) })] }, ImageId.parse(2))
    expect(project.annotations.imagesWithLabel(dog)).toEqual([1])
    expect(project.annotations.imagesWithLabel(LabelId.parse(1))).toEqual([1, 2])
    expect(project.labels.counts()).toEqual(new Map([[1, 2], [2, 2]]))
  })
})
