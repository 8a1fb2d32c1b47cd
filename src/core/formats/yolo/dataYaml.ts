/** data.yaml as ultralytics has it (ultralytics/data/utils.py, check_det_dataset), read with a limit on aliases. */
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { AppError } from '../../../shared/errors.ts'
import type { ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { SourceValues } from '../kept.ts'
import type { YoloConfig } from './config.ts'
import { NOTHING_SAID, YAML_LARGEST } from './config.ts'
import type { KeypointShape } from './lines.ts'
import { isYoloTask } from './task.ts'

/** More aliases than this are no description but a bomb. */
const MOST_ALIASES = 50
/** The parser takes its time with what is nested deeper, which no description is. */
const DEEPEST = 50
const SPLITS = ['train', 'val', 'valid', 'validation', 'test', 'minival']
/** Keys with a place of their own, and `download`, which ultralytics would run as a program. */
const KNOWN = new Set([...SPLITS, 'path', 'names', 'nc', 'task', 'download'])

/** Where nothing of it can be read the dataset is read without it, and that is told. */
export async function readDataYaml(
  files: DatasetFiles,
  file: string,
  context: Pick<ReadContext, 'problem'>,
): Promise<YoloConfig> {
  const remark = (place: string, reason: string) => context.problem({ file, place, reason, objects: 0 })
  try {
    const text = await files.readText(file, YAML_LARGEST)
    if (isDeep(text)) throw new Error(`it is nested more than ${DEEPEST} times`)
    const document = parseDocument(text, { logLevel: 'silent' })
    const [error] = document.errors
    if (error) throw error
    const values: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new Error('it is no list of keys and values')
    return configOf(file, document, values as Record<string, unknown>, remark)
  } catch (error) {
    if (error instanceof AppError) throw error
    remark('', `can't be read as YAML, so its names and parts are not known: ${(error as Error).message.split('\n')[0]!}`)
    return { ...NOTHING_SAID, file }
  }
}

function isDeep(text: string): boolean {
  let depth = 0
  for (const [char] of text.matchAll(/[[{\]}]/g)) {
    depth = char === '[' || char === '{' ? depth + 1 : Math.max(0, depth - 1)
    if (depth > DEEPEST) return true
  }
  return /(^|\n) *((- |\? ) *){51}/.test(text)
}

function configOf(
  file: string,
  document: Document,
  values: Record<string, unknown>,
  remark: (place: string, reason: string) => void,
): YoloConfig {
  const splits = SPLITS.flatMap((name) => {
    const entries = [values[name]].flat().filter((entry): entry is string => typeof entry === 'string' && entry !== '')
    return entries.length > 0 ? [{ name: name.startsWith('valid') ? 'val' : name, entries }] : []
  })
  const keypoints = keypointShape(values['kpt_shape'])
  if (values['kpt_shape'] !== undefined && !keypoints) remark('kpt_shape', 'is not [number of points, 2 or 3] and was not used')
  const further = Object.fromEntries(Object.entries(values).filter(([key]) => !KNOWN.has(key)))
  return {
    file,
    names: namesOf(document, values, remark),
    path: typeof values['path'] === 'string' ? values['path'] : '',
    splits,
    task: isYoloTask(values['task']) ? values['task'] : values['obb'] === true ? 'obb' : null,
    keypoints,
    further: Object.keys(further).length > 0 ? (further as SourceValues) : null,
  }
}

function keypointShape(value: unknown): KeypointShape | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [points, each] = value as unknown[]
  return Number.isInteger(points) && (points as number) > 0 && (points as number) < 1e5 && (each === 2 || each === 3)
    ? [points as number, each]
    : null
}

/** Names by class number, written as in the file: `1.0` and `on` are names too. Without names but with a count: none. */
function namesOf(
  document: Document,
  values: Record<string, unknown>,
  remark: (place: string, reason: string) => void,
): Map<number, string> {
  const names = new Map<number, string>()
  const named = document.get('names', true) as unknown
  const node: unknown = isAlias(named) ? named.resolve(document) : named
  if (isSeq(node)) node.items.forEach((item, id) => take(id, item))
  else if (isMap(node)) {
    for (const { key, value } of node.items) {
      const id = Number(textOf(key))
      if (Number.isSafeInteger(id) && id >= 0) take(id, value)
      else remark('names', `"${textOf(key)}" is not a class number`)
    }
  } else if (Array.isArray(values['names']) || values['names'] !== undefined)
    remark('names', 'is neither a list nor numbers with names')
  return names

  function take(id: number, item: unknown): void {
    const name = textOf(item).trim()
    if (name === '') remark('names', `class ${id} has no name`)
    else names.set(id, name)
  }
}

function textOf(node: unknown): string {
  if (!isScalar(node)) return ''
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}
