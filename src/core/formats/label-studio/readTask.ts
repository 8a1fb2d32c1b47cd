/** One task of Label Studio as an image with its objects. */
import type { Size } from '../../../shared/geometry.ts'
import type { AnnotationState } from '../../../shared/model.ts'
import type { DatasetImage, DatasetObject, FoundImage, ReadContext } from '../dataset.ts'
import { datasetPath } from '../common/files/datasetPath.ts'
import { asRecord, sizeOf } from '../common/foreignShapes.ts'
import { frameOf, upright } from '../common/upright.ts'
import type { SourceValues } from '../kept.ts'
import { addressIn, nameBeforeUpload, pathOfAddress } from './address.ts'
import { ID, OWN_KEY, OWN_MODEL, PATH_KEY, SPLIT_KEY } from './names.ts'
import type { Values } from './names.ts'
import { readRegion, regionsOf, whyNoObject } from './regions.ts'
import type { Regions } from './regions.ts'
import { chooseAnnotation } from './tasks.ts'
import type { Task } from './tasks.ts'

export interface TaskContext {
  readonly file: string
  readonly place: string
  /** The value of the data that names the picture, where the configuration says so. */
  readonly imageKey: string | null
  /** Paths of earlier tasks. */
  readonly taken: Set<string>
  readonly context: ReadContext
}

/** One list of results that comes in, or stays out for a reason. */
interface Part {
  readonly regions: Regions
  readonly state: AnnotationState
  readonly score: unknown
  /** This program's remark on it. */
  readonly own: Values
  /** Why its regions stay out; null where they come in. */
  readonly refused: string | null
}

export async function readTask(task: Task, where: TaskContext): Promise<DatasetImage | null> {
  const { context } = where
  const parts = partsOf(task, context.options)
  const counted = parts.map((part) => countOf(part))
  const total = counted.reduce((sum, count) => sum + count, 0)
  context.seen(total)
  const refuse = (reason: string) => {
    context.problem({ file: where.file, place: where.place, reason, objects: total })
    return null
  }
  const address = addressIn(task.data, where.imageKey)
  if (address === null) return refuse('names no picture')
  const { path, found } = await findPicture(address, task.data, where)
  if (path === '') return refuse('names no picture')
  if (where.taken.has(path)) return refuse(`${path} is there twice; the first task came in`)
  where.taken.add(path)
  const frame = frameOf(found, declaredSize(parts))
  if (!frame) return refuse(`${path} was not found, and no region says how large it is`)
  const { size } = frame
  noteOtherSize(parts, path, size, where)
  const objects: DatasetObject[] = []
  const kept: Values[] = []
  for (const [n, part] of parts.entries()) {
    if (part.refused !== null) tell(where, '', part.refused, counted[n]!)
    else readPart(part, size, where, objects, kept)
  }
  const split = task.data[SPLIT_KEY]
  const image = {
    path,
    file: found?.file ?? null,
    size,
    split: typeof split === 'string' && split !== '' ? split : null,
    source: sourceOf(task, address, kept),
    objects,
  }
  return upright(image, frame, (reason) => tell(where, '', reason, 0))
}

function tell({ file, place, context }: TaskContext, more: string, reason: string, objects: number): void {
  context.problem({ file, place: more ? `${place}, ${more}` : place, reason, objects })
}

/** What comes in of a task: see the options of the reader. */
function partsOf({ annotations, predictions }: Task, options: ReadContext['options']): Part[] {
  const { annotation, others, why } = chooseAnnotation(annotations)
  const ofAnnotation = (one: Values, refused: string | null): Part => ({
    regions: regionsOf(one['result']),
    state: 'accepted',
    score: null,
    own: asRecord(one[OWN_KEY]) ?? {},
    refused,
  })
  const refusedAs = (one: Values) => {
    if (one['was_cancelled'] === true || one['skipped'] === true) return 'an annotation that was cancelled stays out'
    return options['annotations'] === 'all' ? null : `of ${annotations.length} annotations ${why} came in; another one stays out`
  }
  const wish = options['predictions'] ?? 'auto'
  const refusedPrediction = (one: Values) => {
    const isWanted = wish === 'all' || (wish === 'auto' && (annotation === null || one['model_version'] === OWN_MODEL))
    if (isWanted) return null
    return wish === 'none' ? 'a prediction stays out, as wished' : 'a prediction stays out because the task is annotated'
  }
  return [
    ...(annotation ? [ofAnnotation(annotation, null)] : []),
    ...others.map((one) => ofAnnotation(one, refusedAs(one))),
    ...predictions.map((one): Part => ({
      regions: regionsOf(one['result']),
      state: 'proposed',
      score: one['score'],
      own: {},
      refused: refusedPrediction(one),
    })),
  ]
}

/** Regions that count as objects: not those that this program wrote back only to keep them. */
function countOf({ regions: { regions, broken }, own }: Part): number {
  return regions.filter((region) => own['left'] !== true || whyNoObject(region) === null).length + broken
}

function readPart(
  { regions: { regions, others, broken }, state, score, own }: Part,
  size: Size,
  where: TaskContext,
  objects: DatasetObject[],
  kept: Values[],
): void {
  if (broken > 0) tell(where, '', 'has entries that are no results', broken)
  for (const region of regions) {
    const why = whyNoObject(region)
    const object =
      why === null ? readRegion(region, size, objects.length, state, score) : `${why}; it is kept for an export to Label Studio`
    if (why !== null) kept.push(...region.results)
    if (typeof object !== 'string') objects.push(object)
    else if (why === null || own['left'] !== true)
      tell(where, `region ${String(region.main['id'] ?? '?').slice(0, 40)}`, object, 1)
  }
  kept.push(...others)
}

/** An uploaded picture is looked for under the name it had before, too. */
async function findPicture(
  address: string,
  data: Values,
  { taken, context }: TaskContext,
): Promise<{ path: string; found: FoundImage | null }> {
  const own = typeof data[PATH_KEY] === 'string' ? datasetPath(data[PATH_KEY]) : ''
  const named = pathOfAddress(address)
  if (own !== '') return { path: own, found: (await context.find(own)) ?? (await context.find(named)) }
  const before = nameBeforeUpload(named)
  const found = named === '' ? null : await context.find(named)
  if (found || before === null) return { path: named, found }
  return { path: taken.has(before) ? named : before, found: await context.find(before) }
}

function declaredSize(parts: readonly Part[]): Size | null {
  for (const { regions } of parts) {
    const said = regions.regions
      .map(({ main }) => sizeOf(main['original_width'], main['original_height']))
      .find((size) => size !== null)
    if (said) return said
  }
  return null
}

function noteOtherSize(parts: readonly Part[], path: string, { width, height }: Size, where: TaskContext): void {
  const said = declaredSize(parts)
  if (!said || (said.width === width && said.height === height)) return
  tell(
    where,
    '',
    `was drawn on ${said.width} x ${said.height} pixels, but ${path} has ${width} x ${height}; ` +
      'percentages are taken of the picture',
    0,
  )
}

/** The task as it came but for its regions, and results that are about no region. */
function sourceOf({ rest, data }: Task, address: string, results: readonly Values[]): SourceValues {
  const kept = Object.entries(data).filter(([key]) => key !== PATH_KEY)
  return { format: ID, address, values: rest, data: Object.fromEntries(kept), ...(results.length > 0 && { results }) }
}
