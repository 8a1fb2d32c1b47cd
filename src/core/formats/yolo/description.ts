/** The file in which a YOLO dataset describes itself: data.yaml (ultralytics), obj.data (darknet), or a list of names alone. */
import { posix } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { ReadContext } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { YoloConfig } from './config.ts'
import { NOTHING_SAID, YAML_LARGEST } from './config.ts'
import { readDataYaml } from './dataYaml.ts'

/** Descriptions lie near the top; this many files are looked into. */
const LOOKED_INTO = 20
const NAMES_FILE = /(^|\/)(classes\.txt|[^/]*\.names)$/i

/** The description of the dataset; what is wrong with it is told. @throws AppError invalid-dataset where two files describe it */
export async function readConfig(files: DatasetFiles, context: Pick<ReadContext, 'problem'>): Promise<YoloConfig> {
  const file = await descriptionOf(files)
  const config =
    file === null ? NOTHING_SAID : await (isYaml(file) ? readDataYaml(files, file, context) : readDarknet(files, file, context))
  if (config.names.size > 0) return config
  const names = nearTheTop((await files.list()).filter((path) => NAMES_FILE.test(path)))[0]
  return names === undefined ? config : { ...config, file: config.file ?? names, names: await readNames(files, names, context) }
}

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path)

/** The file that describes the dataset: the one named, else the one nearest to the top. */
export async function descriptionOf(files: DatasetFiles): Promise<string | null> {
  if (files.named !== null && /\.(ya?ml|data)$/i.test(files.named)) return files.named
  const candidates = nearTheTop((await files.list()).filter((path) => /\.(ya?ml|data)$/i.test(path))).slice(0, LOOKED_INTO)
  const found: string[] = []
  for (const path of candidates) if (await describes(files, path)) found.push(path)
  const [first, ...others] = found
  if (first === undefined) return null
  const rivals = others.filter((path) => depthOf(path) === depthOf(first) && isYaml(path) === isYaml(first))
  if (rivals.length === 0 || /(^|\/)(data|dataset|obj)\.\w+$/i.test(first)) return first
  throw new AppError('invalid-dataset', `${[first, ...rivals].join(' and ')} each describe a dataset. Name the one to read.`)
}

async function describes(files: DatasetFiles, path: string): Promise<boolean> {
  const text = await files.readText(path, YAML_LARGEST).catch(() => '')
  return isYaml(path)
    ? /^['"]?(names|nc)['"]?\s*:/m.test(text) && /^['"]?(train|val|test|names)['"]?\s*:/m.test(text)
    : /^\s*names\s*=/m.test(text)
}

const depthOf = (path: string): number => path.split('/').length

/** Nearest to the root first; of one folder data.yaml and obj.data first, YAML before darknet's. */
function nearTheTop(paths: readonly string[]): string[] {
  const rank = (path: string) =>
    depthOf(path) * 4 + (isYaml(path) ? 0 : 2) + (/(^|\/)(data|dataset|obj)\.\w+$/i.test(path) ? 0 : 1)
  return [...paths].sort((a, b) => rank(a) - rank(b))
}

/** Darknet's `key = value` lines; each but these is a part of the dataset, as datumaro reads it. */
const NO_PARTS = new Set(['classes', 'names', 'backup', 'eval', 'results', 'top'])

async function readDarknet(files: DatasetFiles, file: string, context: Pick<ReadContext, 'problem'>): Promise<YoloConfig> {
  const text = await files.readText(file, YAML_LARGEST)
  const values = new Map([...text.matchAll(/^\s*(\w+)\s*=\s*(\S.*?)\s*$/gm)].map(([, key, value]) => [key!, value!]))
  const names = values.get('names')
  const listed = names && (await ownFile(files, names, posix.dirname(file)))
  if (names && !listed)
    context.problem({
      file,
      place: 'names',
      reason: `the dataset has no file "${names}": classes are called by their numbers`,
      objects: 0,
    })
  return {
    ...NOTHING_SAID,
    file,
    names: listed ? await readNames(files, listed, context) : new Map(),
    splits: [...values].filter(([key]) => !NO_PARTS.has(key)).map(([name, entry]) => ({ name, entries: [entry] })),
  }
}

/** The file of the dataset meant by a path from elsewhere: its longest ending that is there. */
async function ownFile(files: DatasetFiles, path: string, folder: string): Promise<string | null> {
  const there = new Set(await files.list())
  const parts = path.replaceAll('\\', '/').split('/')
  const endings = parts.map((_, i) => posix.normalize(posix.join(folder, ...parts.slice(i))))
  return endings.find((ending) => there.has(ending)) ?? null
}

/** One name a line; the number of the line is that of the class, so blank lines in between count. */
async function readNames(files: DatasetFiles, file: string, context: Pick<ReadContext, 'problem'>): Promise<Map<number, string>> {
  const names = new Map<number, string>()
  const lines = (await files.readText(file, YAML_LARGEST).catch(() => '')).split(/\r\n|\r|\n/)
  lines.forEach((line, id) => {
    if (line.trim() !== '') names.set(id, line.trim())
  })
  if (names.size === 0)
    context.problem({ file, place: '', reason: 'has no names: classes are called by their numbers', objects: 0 })
  return names
}
