import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportFormat } from '../../../src/core/formats/index.ts'
import { exportProject } from '../../../src/core/services/exporting/exportProject.ts'
import type { ExportWish } from '../../../src/core/services/exporting/exportProject.ts'
import { parseShares, splitOf } from '../../../src/core/services/exporting/split.ts'
import { compareShapes, shapeOf } from '../../../src/core/services/exporting/compareImage.ts'
import { heldOf } from '../../../src/core/services/exporting/heldShapes.ts'
import { PairJudge } from '../../../src/core/services/exporting/judgePair.ts'
import type { ExportImage, Holds } from '../../../src/core/formats/source.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import type { Annotation } from '../../../src/shared/model.ts'
import { bitmapToRle } from '../../../src/shared/rleString.ts'
import { annotation } from '../../helpers/annotations.ts'
import { image } from '../../helpers/exports.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()

async function projectWith(...annotations: Annotation[]) {
  const project = await folder.create()
  const { ids, labelId } = fill(project, 2)
  const added = annotations.map((one) => ({ ...one, imageId: ids[0]!, labelId }))
  project.annotations.apply({ imageId: ids[0]!, baseRevision: 0, changes: { ...EMPTY_CHANGES, added }, actor: 'test', reason: 'test' })
  const out = join(dirname(project.file), 'out.json')
  const wish: ExportWish = { format: 'coco', out, states: ['accepted', 'proposed'], labels: null, options: {}, allowIncomplete: false }
  return { project, wish, out }
}

/** While `work` goes on, the writer of the format is handed other images than the project has. */
async function lying(id: string, change: (item: ExportImage) => ExportImage, work: () => Promise<void>): Promise<void> {
  const format = exportFormat(id)
  const { write } = format
  const changed: typeof write = (source, ...rest) => {
    const images = async function* () {
      for await (const item of source.images()) yield change(item)
    }
    return write.call(format, { labels: source.labels, images }, ...rest)
  }
  Object.assign(format, { write: changed })
  try {
    await work()
  } finally {
    Object.assign(format, { write })
  }
}

/** A column of so many pixels at the left border of a picture of `fill`. */
function column(height: number): Partial<Annotation> {
  const data = new Uint8Array(640 * 480)
  for (let y = 0; y < height; y++) data[y * 640] = 1
  return { box: { x0: 0, y0: 0, x1: 1, y1: height }, mask: bitmapToRle({ width: 640, height: 480, data }) }
}

describe('an export', () => {
  it('is read back, and its report lies beside it', async () => {
    const { project, wish, out } = await projectWith(annotation(1), annotation(2))
    const report = await exportProject(project, wish)
    expect(report).toMatchObject({ asked: 2, annotations: { car: 2 }, verified: { objects: 2, boxes: { compared: 2, exact: 2, largestMove: 0 } } })
    expect(report.reportFile).toBe(out.replace('.json', '.export-report.json'))
    expect(JSON.parse(readFileSync(report.reportFile, 'utf8'))).toEqual(JSON.parse(JSON.stringify(report)))
  })

  it('that is empty or holds less than asked for is refused unless confirmed, and leaves the old one', async () => {
    const { project, wish, out } = await projectWith(annotation(1), annotation(2, { frame: 3 }))
    await expect(exportProject(project, { ...wish, states: ['proposed'] })).rejects.toMatchObject({ code: 'export-incomplete' })
    await expect(exportProject(project, wish)).rejects.toThrow(/Only 1 of 2 objects can be written.*further frames/)
    expect(existsSync(out)).toBe(false)
    expect(await exportProject(project, { ...wish, allowIncomplete: true })).toMatchObject({ asked: 2, annotations: { car: 1 } })
  })

  it('whose writer lies is found out and not put in place', async () => {
    const { project, wish, out } = await projectWith(annotation(1), annotation(2))
    const format = exportFormat('coco')
    const { write } = format
    const tampering = async (source: Parameters<typeof write>[0], ...rest: never[]) => {
      const shifted = { ...source, labels: source.labels, images: async function* () {
        for await (const item of source.images()) yield { ...item, annotations: item.annotations.map((one) => ({ ...one, box: { ...one.box, x1: one.box.x1 + 1 } })) }
      } }
      return (write as (...args: unknown[]) => ReturnType<typeof write>).call(format, shifted, ...rest)
    }
    Object.assign(format, { write: tampering })
    try {
      await expect(exportProject(project, wish)).rejects.toThrow(/read again and is not what the project holds: 0\.png: the box of a "car" is off by 1\.00 pixels/)
      expect(existsSync(out)).toBe(false)
    } finally {
      Object.assign(format, { write })
    }
  })

  it('says in numbers what is not as in the project, and why', async () => {
    const rows = [{ iscrowd: true }, { score: 0.5 }, { score: 0.25 }, { difficult: true }, { attributes: { colour: 'red' } }, { group: 3 }, { state: 'proposed' as const }]
    const { project, wish, out } = await projectWith(...rows.map((row, n) => annotation(n + 1, row)), annotation(20, { box: { x0: -5, y0: 2, x1: 10, y1: 8 } }))
    const yolo = await exportProject(project, { ...wish, format: 'yolo', out: out.replace('.json', '-yolo'), options: { images: 'none' } })
    const said = Object.fromEntries(yolo.changes.map(({ words, count }) => [words, count]))
    expect(said).toMatchObject({
      'crowds are ordinary objects in YOLO': 1,
      'scores are not held in YOLO': 2,
      'flags "difficult" are not held in YOLO': 1,
      'attributes of objects are not held in YOLO': 1,
      'groups of objects are not held in YOLO': 1,
      'proposals are not told from accepted objects in YOLO': 1,
      'boxes that reach over the border end there': 1,
    })
    expect((JSON.parse(readFileSync(yolo.reportFile, 'utf8')) as typeof yolo).changes).toEqual(yolo.changes)
    const coco = await exportProject(project, wish)
    expect(coco.changes).toEqual([{ words: 'proposals are not told from accepted objects in COCO JSON', count: 1 }])
  })

  it.each([['a score', { score: 0.4 }], ['a flag', { difficult: true }], ['an attribute', { attributes: { a: 'b' } }]])('that loses %s though its format holds it is found out', async (_, lost) => {
    const { project, wish, out } = await projectWith(annotation(1, lost))
    await lying('coco', ({ annotations, ...item }) => ({ ...item, annotations: annotations.map((one) => ({ ...one, score: null, difficult: false, attributes: {} })) }), async () => {
      await expect(exportProject(project, wish)).rejects.toThrow(/is not what the project holds: 0\.png: a "car" has/)
    })
    expect(existsSync(out)).toBe(false)
  })

  it.each(['coco', 'masks'])('as %s that leaves out an object without a word is found out, also where it counts right', async (format) => {
    const { project, wish, out } = await projectWith(annotation(1, column(16)), annotation(2, column(40)))
    const options = format === 'masks' ? { kind: 'labels' } : {}
    await lying(format, (item) => ({ ...item, annotations: [] }), async () => {
      await expect(exportProject(project, { ...wish, format, out: `${out}.d`, options, allowIncomplete: true })).rejects.toThrow(/"car" is not in the export|missing in the export/)
    })
  })

  it('of an empty description is not refused where a format has none', async () => {
    const { project, wish, out } = await projectWith(annotation(1, { attributes: { description: '' } }))
    const report = await exportProject(project, { ...wish, format: 'labelme', out: out.replace('.json', ''), options: { images: 'none' } })
    expect(report.annotations).toEqual({ car: 1 })
  })

  it('takes no picture along that may not be read', async () => {
    const { project, wish, out } = await projectWith(annotation(1))
    const asked: string[] = []
    const readable = (file: string) => {
      asked.push(file)
      return Promise.reject(new Error('outside'))
    }
    const report = await exportProject(project, { ...wish, format: 'voc', out: out.replace('.json', ''), readable })
    expect(asked).toEqual(['/photos/0.png', '/photos/1.png'])
    expect(report.skipped.map(({ image }) => image)).toEqual(['0.png', '1.png'])
  })

  it('names wrong options with those there are', async () => {
    const { project, wish } = await projectWith(annotation(1))
    await expect(exportProject(project, { ...wish, options: { colour: 'red' } })).rejects.toThrow(/no option "colour". Options: masks=auto\|polygon\|rle/)
    await expect(exportProject(project, { ...wish, options: { masks: 'png' } })).rejects.toThrow('masks=png is not understood')
  })
})

describe('a split', () => {
  const paths = Array.from({ length: 100 }, (_, n) => `video${String(n % 10)}/${String(n)}.png`)
  const counts = (parts: Map<string, string>) => ['train', 'val', 'test'].map((name) => [...parts.values()].filter((part) => part === name).length)

  it('gives every part its share, and the same for the same seed in any order', () => {
    const wish = { shares: [80, 10, 10], groupBy: 'image', seed: 1 } as const
    const parts = splitOf(paths, wish)
    expect(counts(parts)).toEqual([80, 10, 10])
    expect(Object.fromEntries(splitOf(paths.toReversed(), wish))).toEqual(Object.fromEntries(parts))
    expect(Object.fromEntries(splitOf(paths, { ...wish, seed: 2 }))).not.toEqual(Object.fromEntries(parts))
  })

  it('keeps a folder together', () => {
    const parts = splitOf(paths, { shares: [80, 20], groupBy: 'folder', seed: 1 })
    expect(counts(parts)).toEqual([80, 20, 0])
    for (let video = 0; video < 10; video++) {
      expect(new Set(paths.filter((path) => path.startsWith(`video${String(video)}/`)).map((path) => parts.get(path))).size).toBe(1)
    }
  })

  it.each(['80', '80/-1', 'a/b', '1/2/3/4', '0/0', ''])('%j is refused', (text) => {
    expect(() => parseShares(text)).toThrow('is no split')
  })
})

describe('comparing', () => {
  const size = { width: 20, height: 10 }
  const blob = (x0: number, x1: number) => {
    const data = new Uint8Array(200)
    for (let y = 2; y < 8; y++) data.fill(1, y * 20 + x0, y * 20 + x1)
    return bitmapToRle({ ...size, data })
  }
  const shape = (x0: number, x1: number, z: number, label = 'car') => shapeOf(annotation(1, { box: { x0, y0: 2, x1, y1: 8 }, mask: blob(x0, x1), z }), label, size)

  const holding = (holds: Partial<Holds>) => new PairJudge({ objects: 'each', boxes: 0, masks: 'exact', values: [], ...holds }, image(1, 'a.png', size)).fits

  it('pairs objects in whatever order they come, and tells what is left over', () => {
    const [a, b, c] = [shape(0, 5, 1), shape(8, 12, 2), shape(14, 19, 3)]
    const { pairs, absent, strange } = compareShapes([a, b], [c, b, a], holding({}))
    expect(pairs.map(({ boxMove, maskIou }) => [boxMove, maskIou])).toEqual([[0, 1], [0, 1]])
    expect([absent, strange]).toEqual([[], [c]])
  })

  it('tells boxes that were rounded to one apart by what else is said of them', () => {
    const box = (y1: number, difficult: boolean) => shapeOf(annotation(1, { box: { x0: 0, y0: 2, x1: 5, y1 }, difficult }), 'car', size)
    const { pairs } = compareShapes([box(7.6, false), box(8, true)], [box(8, false), box(8, true)], holding({ boxes: 0.5, values: ['difficult'] }))
    expect(pairs.filter(({ expected, found }) => expected.values.difficult !== found.values.difficult)).toEqual([])
    expect(pairs).toHaveLength(2)
  })

  it('small boxes that were rounded keep the partners that are nearest for all', () => {
    const box = (x0: number, x1: number) => shapeOf(annotation(1, { box: { x0, y0: 0, x1, y1: 1 } }), 'car', size)
    const { pairs } = compareShapes([box(1.9, 3.8), box(2.5, 3.7)], [box(1, 4), box(2, 4)], holding({ boxes: 0.99 }))
    expect(Math.max(...pairs.map(({ boxMove }) => boxMove))).toBeLessThan(1)
  })

  it('finds the one way in which all objects fit, through however many partners it has to change', () => {
    const box = (x0: number, scores: number) => shapeOf(annotation(1, { box: { x0, y0: 0, x1: x0 + 4, y1: 4 }, score: scores }), 'car', size)
    const expected = [box(0, 0.1), box(0.4, 0.2), box(0.8, 0.3), box(1.2, 0.4)]
    const found = [box(1.6, 0.4), box(1.2, 0.3), box(0.8, 0.2), box(0.4, 0.1)]
    const { pairs, absent, strange } = compareShapes(expected, found, holding({ boxes: 0.4 }))
    expect([absent, strange]).toEqual([[], []])
    expect(pairs.map((pair) => [pair.expected.values.score, pair.found.values.score]).sort()).toEqual([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.4, 0.4]])
  })

  it('an object that lies under others, and is not held, takes no partner from the one above it that looks the same', () => {
    const all = { box: { x0: 0, y0: 2, x1: 5, y1: 8 }, mask: blob(0, 5) }
    const under = annotation(1, { ...all, iscrowd: true, z: 1 })
    const above = annotation(2, { ...all, attributes: { colour: 0 }, z: 2 })
    const holds = { objects: 'each', boxes: 0, masks: 'visible', values: ['iscrowd'] } as const
    const held = heldOf([under, above].map((one) => shapeOf(one, 'car', size)), holds, image(1, 'a.png', size))
    const { pairs, absent } = compareShapes(held, [shapeOf(annotation(3, all), 'car', size)], holding(holds))
    expect(pairs.map(({ expected }) => expected.values.iscrowd)).toEqual([false])
    expect(absent).toHaveLength(1)
  })

  it('holds visible parts where later objects cover earlier ones, and unions by label', () => {
    const holds = { objects: 'each', boxes: null, masks: 'visible', values: [] } as const
    const held = heldOf([shape(0, 10, 1), shape(5, 15, 2, 'person')], holds, image(1, 'a.png', size))
    const area = (n: number) => held[n]!.mask()!.counts.filter((_, i) => i % 2 === 1).reduce((sum, count) => sum + count, 0)
    expect([area(0), area(1)]).toEqual([30, 60])
    const [union, ...others] = heldOf([shape(0, 5, 1), shape(10, 15, 2)], { ...holds, objects: 'per-label' }, image(1, 'a.png', size))
    expect(others).toEqual([])
    expect(compareShapes([union!], [shape(0, 5, 1)], holding({})).pairs[0]!.maskIou).toBe(0.5)
  })
})
