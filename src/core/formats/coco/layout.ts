/** Where a COCO export goes: one JSON file, or a folder with annotations/instances_<part>.json and images/. */
import { mkdir, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { writeFileAtomically, writeFolderAtomically } from '../atomicFile.ts'
import type { Finish, TextSink } from '../atomicFile.ts'

/** The name of the only part; it says that there are no parts. */
const WHOLE = 'default'
const OWN_NAMES = ['annotations', 'images']

/** One JSON file that is being written. */
export class Part {
  images = 0
  annotations = 0
  private readonly sink: TextSink

  constructor(sink: TextSink) {
    this.sink = sink
  }

  async begin(head: string): Promise<void> {
    await this.sink.write(`${head},\n"images": [`)
    await this.sink.tail.write('\n],\n"annotations": [')
  }

  async addImage(record: object): Promise<void> {
    await this.sink.write(`${this.images++ === 0 ? '' : ','}\n${JSON.stringify(record)}`)
  }

  async addAnnotation(record: object): Promise<void> {
    await this.sink.tail.write(`${this.annotations++ === 0 ? '' : ','}\n${JSON.stringify(record)}`)
  }

  async end(): Promise<void> {
    await this.sink.tail.write('\n]\n}\n')
  }
}

/** Gives the part of a split's name. */
export type PartOf = (split: string | null | undefined) => Part

/** Whether `out` names a file. */
export function isFileName(out: string): boolean {
  return extname(out).toLowerCase() === '.json'
}

/** Calls `fill` with the only part and puts it at `out`. */
export async function writeOneFile(out: string, finish: Finish, fill: (partOf: PartOf, folder: null) => Promise<void>): Promise<void> {
  await writeFileAtomically(out, async (sink) => {
    const part = new Part(sink)
    await fill(() => part, null)
  }, finish)
}

/** Calls `fill` with a part for each split and one for images without, and with the folder images go to. */
export async function writeFolder(
  out: string,
  splits: readonly string[],
  finish: Finish,
  fill: (partOf: PartOf, images: string) => Promise<void>,
): Promise<void> {
  await writeFolderAtomically(out, OWN_NAMES, async (folder) => {
    const names = [...new Set([...splits, WHOLE])]
    await mkdir(join(folder, 'images'), { recursive: true })
    const parts = new Map<string, Part>()
    await openParts(folder, names, parts, () => fill((split) => parts.get(split ?? WHOLE) ?? parts.get(WHOLE)!, join(folder, 'images')))
    const isEmpty = splits.length > 0 && parts.get(WHOLE)!.images === 0
    if (isEmpty) await rm(fileOf(folder, WHOLE))
  }, finish)
}

/** Each file is open while the next ones are, so that images can come in any order. */
async function openParts(folder: string, [name, ...rest]: readonly string[], parts: Map<string, Part>, fill: () => Promise<void>): Promise<void> {
  if (name === undefined) return fill()
  await writeFileAtomically(fileOf(folder, name), async (sink) => {
    parts.set(name, new Part(sink))
    await openParts(folder, rest, parts, fill)
  })
}

function fileOf(folder: string, split: string): string {
  return join(folder, 'annotations', `instances_${split.replaceAll(/[\\/:*?"<>|]/g, '_')}.json`)
}
