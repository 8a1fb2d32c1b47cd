/** Tells COCO's kinds of JSON files apart by a look at both of their ends. */
import { basename, dirname } from 'node:path/posix'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'

/** 'instances' are all files with images and annotations: captions, keypoints, stuff and image_info too. */
export type CocoKind = 'instances' | 'panoptic' | 'results'

const HEAD = 2 ** 18
const TAIL = 2 ** 16
const FOLDER_SPLITS = /^(train|val|valid|validation|test|trainval|dev|minival)\d*$/i
const FILE_SPLIT = /^(?:instances|person_keypoints|keypoints|captions|labels|image_info|stuff|panoptic)_(.+)$/i
/** What CVAT calls the part of a dataset that has none. */
const NO_SPLIT = 'default'

/** The kind of a file; null where it is none of COCO's. */
export async function cocoKind(files: DatasetFiles, path: string): Promise<CocoKind | null> {
  const { head, tail } = await bothEnds(files, path)
  const start = head.replace(/^\uFEFF/, '').trimStart()
  const has = (key: string) => new RegExp(`"${key}"\\s*:`).test(start) || new RegExp(`"${key}"\\s*:`).test(tail)
  if (start.startsWith('[')) {
    const isEmpty = /^\[\s*\]/.test(start) && /result/i.test(basename(path))
    const isList = /^\[\s*\{/.test(start) && has('image_id') && ['bbox', 'segmentation', 'score', 'keypoints', 'caption'].some(has)
    return isEmpty || isList ? 'results' : null
  }
  if (!start.startsWith('{') || !/"(images|annotations)"\s*:\s*\[/.test(start + tail)) return null
  const isEmptyPanoptic = /^panoptic/i.test(basename(path)) && /"annotations"\s*:\s*\[\s*\]/.test(start + tail)
  if (has('segments_info') || isEmptyPanoptic) return 'panoptic'
  return has('image_id') || (has('file_name') && has('categories')) || (has('images') && has('annotations') && has('categories')) ? 'instances' : null
}

async function bothEnds(files: DatasetFiles, path: string): Promise<{ head: string; tail: string }> {
  const handle = await files.open(path)
  try {
    const { size } = await handle.stat()
    const read = async (from: number, length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from)
      return buffer.toString('utf8', 0, bytesRead)
    }
    return { head: await read(0, Math.min(size, HEAD)), tail: size > HEAD ? await read(size - TAIL, TAIL) : '' }
  } finally {
    await handle.close()
  }
}

/** The JSON files of these kinds, in order of their paths; the named file whatever it looks like. */
export async function cocoFiles(files: DatasetFiles, ...kinds: readonly CocoKind[]): Promise<readonly string[]> {
  if (files.named !== null) return [files.named]
  const found: string[] = []
  for (const path of await files.withEnding('.json')) {
    const kind = await cocoKind(files, path)
    if (kind !== null && kinds.includes(kind)) found.push(path)
  }
  return found
}

/** How many files are looked at to tell whether a folder is of a kind. */
const LOOKED_AT = 40

/** The first JSON file of this kind, those nearest to the top first; null where none is. */
export async function firstOfKind(files: DatasetFiles, kind: CocoKind): Promise<string | null> {
  const depth = (path: string) => path.split('/').length
  const paths = [...(await files.withEnding('.json'))].sort((a, b) => depth(a) - depth(b))
  for (const path of paths.slice(0, LOOKED_AT)) if ((await cocoKind(files, path)) === kind) return path
  return null
}

/** 'train' of instances_train.json, train/_annotations.coco.json or train.json; null where the name says nothing. */
export function splitOf(path: string): string | null {
  const stem = basename(path).replace(/\.json$/i, '')
  const split = FILE_SPLIT.exec(stem)?.[1] ?? [stem, basename(dirname(path))].find((name) => FOLDER_SPLITS.test(name)) ?? null
  return split === NO_SPLIT ? null : split
}
