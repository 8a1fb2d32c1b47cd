/** Label Studio's JSON and JSON-MIN exports: a list of tasks, read one at a time. */
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { Dataset, DatasetImage, ImportFormat, ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { asRecord, isKeepable } from '../common/foreignShapes.ts'
import { lineOf, scanJson } from '../common/json/jsonScan.ts'
import type { ElementKind, JsonSink } from '../common/json/jsonScan.ts'
import { JsonSlices, LARGEST_RECORD } from '../common/json/jsonSlices.ts'
import { literalRemark, parseLoose } from '../common/json/looseJson.ts'
import type { LooseJson } from '../common/json/looseJson.ts'
import type { FormatOption } from '../source.ts'
import { readConfig } from './config.ts'
import type { LabelingConfig } from './config.ts'
import { ID } from './names.ts'
import { readTask } from './readTask.ts'
import { taskOf } from './tasks.ts'

const MOST_LOOKED_AT = 20
const HEAD_BYTES = 2 ** 16

const OPTIONS: readonly FormatOption[] = [
  {
    id: 'annotations',
    help: 'Of a task that several people annotated: the ground truth or else the newest, or all of them.',
    choices: ['best', 'all'],
    default: 'best',
  },
  {
    id: 'predictions',
    help: "Models' predictions come in as proposals: those of tasks that nobody annotated, all, or none.",
    choices: ['auto', 'all', 'none'],
    default: 'auto',
  },
]

export const labelStudioReader: ImportFormat = {
  id: ID,
  name: 'Label Studio JSON',
  options: OPTIONS,
  async detect(files) {
    for (const path of (await files.withEnding('.json')).slice(0, MOST_LOOKED_AT)) {
      if ((await kindOf(files, path)) === 'tasks') return `${path} is a list of tasks with annotations`
    }
    return null
  },
  async open(files, context): Promise<Dataset> {
    const paths: string[] = []
    for (const path of files.named === null ? await files.withEnding('.json') : [files.named])
      if ((await kindOf(files, path)) !== null) paths.push(path)
    if (paths.length === 0) {
      throw new AppError(
        'invalid-dataset',
        `${files.named ?? files.root} is no export of Label Studio: a JSON file with a list of tasks was expected.`,
      )
    }
    const config = await readConfig(files, context)
    return { labels: config.labels, source: null, images: () => images(files, paths, config, context) }
  },
}

/** Looks at the beginning only: a list of objects, or one task, that speak as Label Studio does; or a list without anything. */
async function kindOf(files: DatasetFiles, path: string): Promise<'tasks' | 'empty' | null> {
  const bytes = await files.readHead(path, HEAD_BYTES).catch(() => null)
  if (!bytes) return null
  const head = new TextDecoder().decode(bytes)
  const hasData = /"data"\s*:\s*\{/.test(head)
  const hasList = /"(annotations|completions|predictions)"\s*:\s*\[/.test(head)
  const hasWords = hasData || /"(from_name|was_cancelled|completed_by)"\s*:/.test(head)
  if (/^\s*\{/.test(head)) return hasList && hasWords ? 'tasks' : null
  if (!/^\s*\[/.test(head)) return null
  const isMin = /"(annotation_id|original_width)"\s*:/.test(head)
  if ((hasList && hasWords) || isMin) return 'tasks'
  return /^\s*\[\s*\]\s*$/.test(head) ? 'empty' : null
}

async function* images(
  files: DatasetFiles,
  paths: readonly string[],
  config: LabelingConfig,
  context: ReadContext,
): AsyncGenerator<DatasetImage> {
  const taken = new Set<string>()
  for (const file of paths) {
    for await (const { value, place } of tasksOf(files, file, context)) {
      throwIfAborted(context.signal)
      const values = asRecord(value)
      if (!values) context.problem({ file, place, reason: 'is no task', objects: 0 })
      const image = values && (await readTask(taskOf(values), { file, place, imageKey: config.imageKey, taken, context }))
      if (image) yield image
    }
  }
}

/** Each task of a file; what can't be read is told. */
async function* tasksOf(
  files: DatasetFiles,
  file: string,
  context: ReadContext,
): AsyncGenerator<{ value: unknown; place: string }> {
  const handle = await files.open(file)
  try {
    const places: (readonly [start: number, length: number, kind: ElementKind])[] = []
    let isList = false
    const sink: JsonSink = {
      elementsOf(key) {
        if (key !== null) return null
        isList = true
        return (start, length, _ids, kind) => void places.push([start, length, kind])
      },
      member: () => undefined,
    }
    const damage = await scanJson(handle, sink, [], context.signal)
    if (damage) context.problem({ file, place: `line ${await lineOf(handle, damage.offset)}`, reason: damage.reason, objects: 0 })
    const { size } = await handle.stat()
    if (!isList && size <= LARGEST_RECORD) places.push([0, size, 'object'])
    const slices = new JsonSlices(handle)
    for (const [index, [start, length, kind]] of places.entries()) {
      const place = `task ${index + 1}`
      const read = kind === 'deep' ? 'is nested too deep' : parsed(slices, start, length)
      if (typeof read === 'string') context.problem({ file, place, reason: read, objects: 0 })
      else {
        if (read.literal !== null) context.problem({ file, place, reason: literalRemark(read.literal), objects: 0 })
        yield { value: read.value, place }
      }
    }
  } finally {
    await handle.close()
  }
}

function parsed(slices: JsonSlices, start: number, length: number): LooseJson | string {
  try {
    const read = parseLoose(slices.text(start, length))
    return isKeepable(read.value) ? read : 'is nested too deep'
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return `can't be read: ${error.message}`
    throw error
  }
}
