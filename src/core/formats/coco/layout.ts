/** Where a COCO export goes: one JSON file, or a folder with annotations/instances_<part>.json and images/. */
import { mkdir, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { writeFileAtomically, writeFolderAtomically } from '../common/files/atomicFile.ts'
import type { Finish, TextSink } from '../common/files/atomicFile.ts'

/** The name of the only part; it says that there are no parts. */
const WHOLE = 'default'
const OWN_NAMES = ['annotations', 'images']

/** One JSON file that is being written. */
export class Part {
  images = 0
  annotations = 0
  /** Its part of the split, as file names have it. */
  readonly name: string
  private readonly sink: TextSink

  constructor(sink: TextSink, name: string = WHOLE) {
    this.sink = sink
    this.name = name
  }

  async begin(head: string): Promise<void> {
    await this.sink.write(`${head},\n"images": [`)
    await this.sink.tail.write('\n],\n"annotations": [')
  }

  async addImage(record: object): Promise<void> {
    await this.sink.write(`${this.images++ === 0 ? '' : ','}\n${JSON.stringify(record)}`)
  }

  async addAnnotations(records: readonly object[]): Promise<void> {
    let text = ''
    for (const record of records) text += `${this.annotations++ === 0 ? '' : ','}\n${JSON.stringify(record)}`
    if (text !== '') await this.sink.tail.write(text)
  }

  async end(): Promise<void> {
    await this.sink.tail.write('\n]\n}\n')
  }
}

/** Gives the part of a split's name. */
export type PartOf = (split: string | null | undefined) => Part

/** Whether `out` names a file. */
export function isFileName(out: string): boolean {
  return extname(out) !== ''
}

interface Whole {
  /** What each JSON file begins with. */
  readonly head: string
  readonly finish: Finish
}

/** Calls `fill` with the only part, which is begun, and puts it at `out`. */
export async function writeOneFile(out: string, { head, finish }: Whole, fill: (partOf: PartOf, folder: null) => Promise<void>): Promise<void> {
  await writeFileAtomically(out, async (sink) => {
    const part = new Part(sink)
    await part.begin(head)
    await fill(() => part, null)
    await part.end()
  }, finish)
}

/** What is in the names of the JSON files. */
export type Task = 'instances' | 'panoptic'

/** Calls `fill` with a part for each split and one for images without, all begun, and with the folder that is written. */
export async function writeFolder(
  task: Task,
  out: string,
  splits: readonly string[],
  { head, finish }: Whole,
  fill: (partOf: PartOf, folder: string) => Promise<void>,
): Promise<void> {
  await writeFolderAtomically(out, OWN_NAMES, async (folder) => {
    const names = [...new Set([...splits, WHOLE])]
    await mkdir(join(folder, 'images'), { recursive: true })
    const parts = new Map<string, Part>()
    const file = (split: string) => join(folder, 'annotations', `${task}_${fileSafe(split)}.json`)
    await openParts(file, names, head, parts, () => fill((split) => parts.get(split ?? WHOLE) ?? parts.get(WHOLE)!, folder))
    const isEmpty = splits.length > 0 && parts.get(WHOLE)!.images === 0
    if (isEmpty) await rm(file(WHOLE))
  }, finish)
}

/** Each file is open while the next ones are, so that images can come in any order. */
async function openParts(
  file: (split: string) => string,
  [name, ...rest]: readonly string[],
  head: string,
  parts: Map<string, Part>,
  fill: () => Promise<void>,
): Promise<void> {
  if (name === undefined) return fill()
  await writeFileAtomically(file(name), async (sink) => {
    const part = new Part(sink, fileSafe(name))
    parts.set(name, part)
    await part.begin(head)
    await openParts(file, rest, head, parts, fill)
    await part.end()
  })
}

function fileSafe(split: string): string {
  return split.replaceAll(/[\\/:*?"<>|]/g, '_')
}
