/** Random projects out to Pascal VOC and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { voc } from '../../../src/core/formats/voc/index.ts'
import { labelNameOf, projects, roundTrip } from '../../helpers/roundTrip.ts'
import { expectVerified } from '../../helpers/verified.ts'

describe('any project', () => {
  it('comes back as far as Pascal VOC holds it', async () => {
    await fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        await expectVerified(voc, project)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps flags, attributes, scores, drawn polygons and parts of the split', async () => {
    await fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        const divided = { ...project, splits: ['train', 'val', 'hold out'], images: () => [...(project.images() as Iterable<never>)].map((item: object, n) => ({ ...item, split: ['train', 'val', 'hold out', null][n] })) }
        const { images, problems } = await roundTrip(voc, divided as never)
        expect(problems.filter(({ objects }) => objects > 0)).toEqual([])
        for (const [item, read] of images) {
          expect(read.split).toBe(item.split === 'hold out' ? 'hold_out' : item.split)
          const told = (object: Parameters<typeof labelNameOf>[0]) => {
            const { difficult, truncated, occluded, score, attributes } = object
            return JSON.stringify([labelNameOf(object), difficult, truncated, occluded, score, Object.entries(attributes).sort()])
          }
          expect(read.objects.map(told).sort()).toEqual(item.annotations.map(told).sort())
        }
      }),
      { numRuns: 40 },
    )
  })
})
