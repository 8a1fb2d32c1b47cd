/** Random projects out to COCO's formats and back; imported files out as they came. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cocoPanoptic } from '../../../src/core/formats/coco-panoptic/index.ts'
import { cocoResults } from '../../../src/core/formats/coco-results/index.ts'
import { coco } from '../../../src/core/formats/coco/index.ts'
import type { ExportSource } from '../../../src/core/formats/source.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import { labelNameOf, projectFrom, projects, roundTrip, seenOf } from '../../helpers/roundTrip.ts'
import { expectVerified, exportVerified } from '../../helpers/verified.ts'

const check = (property: (project: ExportSource) => Promise<void>, numRuns = 25) => fc.assert(fc.asyncProperty(projects(), property), { numRuns })

/** Boxes that reach over the border of a tiny random image may look like corners, which is only a remark. */
const isReal = ({ reason, objects }: { reason: string; objects: number }) => objects > 0 || !reason.includes('would lie inside as corners')

describe('any project', () => {
  it.each(['auto', 'polygon', 'rle'])('comes back from COCO with all its pixels, masks as %s', async (masks) => {
    await check(async (project) => {
      await expectVerified(coco, project, { masks })
    })
  })

  it('comes back from a single COCO file', async () => {
    await check(async (project) => {
      const { problems } = await roundTrip(coco, project, {}, 'out.json')
      expect(problems.filter(isReal)).toEqual([])
    })
  })

  it('keeps masks, polygons, flags, groups, attributes, scores and parts of the split', async () => {
    await check(async (project) => {
      const divided = { ...project, splits: ['train', 'val/2'], images: () => [...(project.images() as Iterable<never>)].map((item: object, n) => ({ ...item, split: ['train', null, 'val/2'][n % 3] })) } as ExportSource
      const { images, problems } = await roundTrip(coco, divided, { masks: 'rle' })
      expect(problems.filter(isReal)).toEqual([])
      for (const [{ split, image, annotations }, read] of images) {
        expect(read.split).toBe(split === 'val/2' ? 'val_2' : split)
        const inside = annotations.map((one) => {
          const isOut = one.polygon?.some((ring) => ring.some((value, i) => value < 0 || value > (i % 2 ? image.height : image.width)))
          return isOut || one.box.x0 < 0 || one.box.y0 < 0 || one.box.x1 > image.width || one.box.y1 > image.height
        })
        const told = (objects: Parameters<typeof seenOf>[0]) => (seenOf(objects, labelNameOf) as { box: object }[]).filter((_, n) => !inside[n])
        const near = (one: { box: object }) => ({ ...one, box: Object.values(one.box).map((edge: number) => expect.closeTo(edge, 9) as number) })
        expect(told(read.objects).map((one) => ({ ...one, box: Object.values(one.box) }))).toEqual(told(annotations).map(near))
      }
    })
  })

  it('comes back from COCO results and COCO panoptic as far as they hold it', async () => {
    await check(async (project) => {
      await expectVerified(cocoResults, project)
      await expectVerified(cocoPanoptic, project)
    })
  })
})

describe('what nobody touched', () => {
  const info = { description: 'ours', year: 2020 }
  const categories = [{ id: 7, name: 'b', supercategory: 'x', keypoints: ['nose'] }, { id: 0, name: 'a', supercategory: '' }]
  const images = [{ id: 900, file_name: 'x/1.jpg', width: 10, height: 6, license: 2, coco_url: 'u' }, { id: 0, file_name: '2.jpg', width: 4, height: 4 }, { id: 'three', file_name: '3.jpg', width: 4, height: 4 }]
  const plain = { image_id: 900, category_id: 7, iscrowd: 0 }
  const annotations = [
    { ...plain, id: 900100002299, segmentation: [[1.125, 1, 4, 1.33, 4, 3.5]], area: 3.000001, bbox: [1.1, 1.2, 2.9, 2.3], keypoints: [1, 2, 2], extra: { deep: [null, 1e-7] } },
    { ...plain, id: 0, segmentation: { size: [6, 10], counts: [7, 2, 4, 0, 0, 2, 45] }, area: 17, bbox: [1, 1, 1, 1], iscrowd: 1 },
    { ...plain, id: 5, segmentation: { size: [6, 10], counts: '7240Y1' }, area: 4, bbox: [1, 1, 2, 2], attributes: { occluded: false, color: 'red' } },
    { ...plain, id: 'text', segmentation: [], area: 6, bbox: [-0.5, 1.3, 2.2, 3], score: 7 },
    { ...plain, id: 6, segmentation: [[-1, -1, 4, 1, 4, 7]], area: 6, bbox: [-1, -1, 5, 8] },
  ]
  const file = { info, licenses: [{ id: 2, name: 'CC' }], videos: [1], categories, images, annotations }

  async function outAndBack(document: object, change: Parameters<typeof projectFrom>[1], options = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'kept-'))
    try {
      writeFiles(folder, { 'in.json': JSON.stringify(document) })
      const read = await readDataset(coco.reads!, join(folder, 'in.json'))
      const project = projectFrom(read.images, change)
      const labels = read.labels.map(({ name, source }, n) => ({ ...project.labels[0]!, id: (n + 1) as never, order: n, name, source }))
      const byName = new Map(labels.map(({ name, id }) => [name, id]))
      const items = [...(project.images() as Iterable<never>)].map((item: { annotations: { labelId: number }[] }) => ({
        ...item, annotations: item.annotations.map((one) => ({ ...one, labelId: byName.get(project.labels[one.labelId - 1]!.name)! })),
      }))
      const { report } = await exportVerified(coco, { labels, source: read.source, images: () => items as never }, join(folder, 'out.json'), options)
      return { written: JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as typeof file, report }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  it('leaves exactly as it came: ids, areas, boxes, segmentations, unknown keys, licences', async () => {
    const { written, report } = await outAndBack(file, undefined)
    expect(written).toEqual(file)
    expect(report.notes).toEqual([])
  })

  it('is renumbered when asked; duplicate ids get ids of their own, with words', async () => {
    const { written } = await outAndBack(file, undefined, { ids: 'renumber' })
    expect(written.categories.map(({ id }) => id)).toEqual([1, 2])
    expect(written.images.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(written.annotations.map(({ id, image_id, category_id }) => [id, image_id, category_id])).toEqual([1, 2, 3, 4, 5].map((id) => [id, 1, 1]))
    const twice = await outAndBack({ ...file, annotations: [annotations[2], annotations[2]] }, undefined)
    expect(twice.written.annotations.map(({ id }) => id)).toEqual([5, 6])
    expect(twice.report.notes).toEqual([{ image: 'x/1.jpg', reason: 'annotation 5 has the id of another; it has the id 6', objects: 0 }])
  })

  it('is told apart from what was: a moved object has numbers of its own and keeps its id and unknown keys', async () => {
    const moved = { x0: 0, y0: 0, x1: 3, y1: 2 }
    const { written } = await outAndBack(file, (object) => (object.place === 'annotation 900100002299' ? { ...object, box: moved, polygon: null } : object))
    expect(written.annotations[0]).toEqual({ ...annotations[0], segmentation: [], area: 6, bbox: [0, 0, 3, 2] })
    expect(written.annotations.slice(1)).toEqual(annotations.slice(1))
  })
})
