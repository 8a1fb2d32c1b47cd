/**
 * What a process of its own spends on a COCO file: node cocoOurs.ts first|read|convert|project FILE OUT. Prints one JSON line:
 * CPU milliseconds, and the most memory in MB the process held.
 */
import { cocoReader } from '../src/core/formats/coco/read.ts'
import { cocoWriter } from '../src/core/formats/coco/write.ts'
import type { Dataset } from '../src/core/formats/dataset.ts'
import { DatasetFiles } from '../src/core/formats/common/files/datasetFiles.ts'
import type { ExportImage, ExportSource } from '../src/core/formats/source.ts'
import { exportProject } from '../src/core/services/exporting/exportProject.ts'
import { importDataset } from '../src/core/services/importing/importDataset.ts'
import { openProject } from '../src/core/store/project.ts'
import { AnnotationId, ImageSchema, LabelSchema } from '../src/shared/model.ts'

const [what, file, out] = process.argv.slice(2) as [string, string, string]
let problems = 0

async function open(): Promise<Dataset> {
  return cocoReader.open(await DatasetFiles.at(file), { options: {}, find: () => Promise.resolve(null), seen: () => undefined, problem: () => problems++ })
}

/** The project that an import of the dataset makes, without a store. */
function projectOf(dataset: Dataset): ExportSource {
  const labels = dataset.labels.map(({ name, source }, n) => LabelSchema.parse({ id: n + 1, name, color: '#ff0000', key: null, order: n, source }))
  const idOf = new Map(labels.map(({ name, id }) => [name, id]))
  const image = ImageSchema.parse({ id: 1, path: 'a', width: 1, height: 1, orientation: 1, depth: 8, frames: 1, status: 'ok', problem: null, revision: 0 })
  const anyId = AnnotationId.parse('00000000-0000-4000-8000-000000000000')
  async function* items(): AsyncGenerator<ExportImage> {
    let n = 0
    for await (const { path, size, objects, source } of dataset.images()) {
      const own = { ...image, ...size, path, id: ++n as typeof image.id }
      const annotations = objects.map((object) => ({ ...object, id: anyId, imageId: own.id, labelId: idOf.get(object.label)!, origin: 'imported' as const, provenanceId: null }))
      yield { image: own, file: path, annotations, source }
    }
  }
  return { labels, source: dataset.source, images: items }
}

/** CPU milliseconds of the part that is measured. */
const WORK: Readonly<Record<string, (used: () => number) => Promise<number>>> = {
  first: async (used) => {
    const dataset = await open()
    for await (const { objects } of dataset.images()) if (objects.length > 0) break
    await dataset.close?.()
    return used()
  },
  read: async (used) => {
    const dataset = await open()
    let objects = 0
    for await (const image of dataset.images()) objects += image.objects.length
    await dataset.close?.()
    if (objects === 0 || problems > 0) throw new Error(`${objects} objects, ${problems} problems`)
    return used()
  },
  convert: async (used) => {
    const dataset = await open()
    await cocoWriter.write(projectOf(dataset), out, {})
    return used()
  },
  /** All that a person waits for: into a project on disk with its log of edits, out again, read back and compared. */
  project: async (used) => {
    const project = await openProject(`${out}.marquee`, { create: true })
    const wish = { place: file, format: 'coco', options: {}, imageFolders: [], missing: 'keep', labelMap: {}, dryRun: false } as const
    const { objects } = await importDataset(project, wish)
    await exportProject(project, { format: 'coco', out, states: ['accepted'], labels: null, options: {}, allowIncomplete: false })
    project.close()
    if (objects.added !== objects.seen) throw new Error(`${objects.added} of ${objects.seen} objects came in`)
    return used()
  },
}

const start = process.cpuUsage()
const used = () => {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
const cpu = await WORK[what]!(used)
console.log(JSON.stringify({ cpu, memory: process.resourceUsage().maxRSS / 1024 }))
process.exit(0)
