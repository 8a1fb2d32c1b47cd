/** The shared datasets of COCO, Pascal VOC and YOLO, out to LabelMe, CVAT and Label Studio and back. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { IMPORT_FORMATS, importFormat } from '../../../src/core/formats/index.ts'
import { cvat } from '../../../src/core/formats/cvat/index.ts'
import { labelStudio } from '../../../src/core/formats/label-studio/index.ts'
import { labelme } from '../../../src/core/formats/labelme/index.ts'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { readDataset } from '../../helpers/datasets.ts'
import type { ReadDataset } from '../../helpers/datasets.ts'
import { projectFrom } from '../../helpers/roundTrip.ts'
import { expectVerified } from '../../helpers/verified.ts'

const SHARED = join(import.meta.dirname, '../../../../shared/testdata/datasets')
const DATASETS = existsSync(SHARED)
  ? readdirSync(SHARED).flatMap((kind) => readdirSync(join(SHARED, kind)).map((name) => `${kind}/${name}`))
  : []

/** By the first format that recognises it; null where none does, or where a person has to be asked. */
async function read(folder: string): Promise<ReadDataset | null> {
  const files = await DatasetFiles.at(folder)
  for (const { id } of IMPORT_FORMATS) {
    if ((await importFormat(id).detect(files)) === null) continue
    const found = await readDataset(importFormat(id), folder).catch((error: unknown) => {
      if (error instanceof AppError) return null
      throw error
    })
    if (found) return found
  }
  return null
}

describe.skipIf(DATASETS.length === 0)('shared datasets (skipped where ../shared/testdata is absent)', () => {
  it.each(DATASETS)('%s goes out to all three and back', async (name) => {
    const dataset = await read(join(SHARED, name))
    if (!dataset) return
    for (const format of [labelme, cvat, labelStudio]) {
      const { report, verification } = await expectVerified(format, projectFrom(dataset.images))
      expect(report.skipped).toEqual([])
      expect(verification.objects).toBe(dataset.images.reduce((sum, { objects }) => sum + objects.length, 0))
    }
  })

  it('hold objects', async () => {
    const found = await Promise.all(DATASETS.map((name) => read(join(SHARED, name))))
    const objects = found.map((dataset) => dataset?.images.reduce((sum, image) => sum + image.objects.length, 0) ?? 0)
    expect(objects.filter((count) => count > 0).length).toBeGreaterThan(8)
  })
})
