/** Files that LabelMe, datumaro and label-studio-converter wrote themselves (tests/golden/formats/make_tool_files.py). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cvat } from '../../../src/core/formats/cvat/index.ts'
import type { DatasetObject, Format } from '../../../src/core/formats/dataset.ts'
import { labelStudio } from '../../../src/core/formats/label-studio/index.ts'
import { labelme } from '../../../src/core/formats/labelme/index.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { readDataset } from '../../helpers/datasets.ts'
import { labelNameOf, projectFrom, roundTrip, seenOf } from '../../helpers/roundTrip.ts'

interface Expected {
  readonly path: string
  readonly boxes: readonly (readonly [label: string, x0: number, y0: number, x1: number, y1: number])[]
  readonly masks: readonly (readonly string[])[]
  readonly explained: number
}

const FORMATS: readonly (readonly [string, Format])[] = [
  ['labelme', labelme],
  ['cvat', cvat],
  ['label-studio', labelStudio],
]

function rowsOf({ mask }: DatasetObject): string[] {
  const { width, height, data } = rleToBitmap(mask!)
  return Array.from({ length: height }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].map((value) => '.#'[value]).join(''),
  )
}

describe.each(FORMATS)('%s', (id, format) => {
  const folder = join(import.meta.dirname, '../../golden/formats', id, 'tool')
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected

  it('is read as the tool meant it', async () => {
    const { images, problems, seen, accounted } = await readDataset(format.reads!, folder)
    expect(images.map(({ path, size }) => [path, size])).toEqual([[expected.path, { width: 10, height: 7 }]])
    const { objects } = images[0]!
    expect(objects.map(({ label, box }) => [label, ...Object.values(box).map((value) => Math.round(value * 1e6) / 1e6)])).toEqual(
      expected.boxes,
    )
    expect(objects.filter(({ mask }) => mask).map(rowsOf)).toEqual(expected.masks)
    expect(problems.reduce((sum, { objects: count }) => sum + count, 0)).toBe(expected.explained)
    expect(accounted).toBe(seen)
  })

  it.each(FORMATS)('goes out as %s and back', async (_, other) => {
    const { images } = await readDataset(format.reads!, folder)
    const project = projectFrom(images)
    const { report, images: back } = await roundTrip(other, project)
    expect(report.skipped).toEqual([])
    expect([...back].map(([item, read]) => seenOf(read.objects, labelNameOf).length === item.annotations.length)).toEqual([true])
    for (const [item, { objects }] of back) {
      const shapes = (list: readonly { box: object; mask: object | null; polygon: object | null }[]) =>
        list.map(({ box, mask, polygon }) => ({ box, mask, polygon }))
      expect(shapes([...objects].sort((a, b) => a.z - b.z))).toEqual(shapes([...item.annotations].sort((a, b) => a.z - b.z)))
    }
  })
})
