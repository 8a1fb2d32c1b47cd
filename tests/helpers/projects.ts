/** Projects in temporary folders, and what tests put into them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { openProject } from '../../src/core/store/project.ts'
import type { Project } from '../../src/core/store/project.ts'
import type { ScannedImage } from '../../src/core/store/images.ts'
import type { FoundObject, RunResult } from '../../src/core/store/proposals.ts'
import { promptHash } from '../../src/core/store/replies.ts'
import type { ImageId, LabelId, Recipe } from '../../src/shared/model.ts'

/** A folder of its own for the test at hand; removed with all in it, its projects closed first. */
export function projectFolder() {
  const folders: string[] = []
  const open: { close(): void }[] = []
  afterEach(() => {
    open.splice(0).forEach((one) => {
      one.close()
    })
    folders.splice(0).forEach((folder) => {
      rmSync(folder, { recursive: true, force: true })
    })
  })
  const file = () => {
    const folder = mkdtempSync(join(tmpdir(), 'marquee-store-'))
    folders.push(folder)
    return join(folder, 'test.marquee')
  }
  const closing = <T extends { close(): void }>(one: T): T => {
    open.push(one)
    return one
  }
  return { file, closing, create: async () => closing(await openProject(file(), { create: true })) }
}

export function scanned(path: string, over: Partial<ScannedImage> = {}): ScannedImage {
  return {
    path,
    size: 1000,
    mtime: 1.7e12,
    contentHash: null,
    width: 640,
    height: 480,
    orientation: 1,
    depth: 8,
    frames: 1,
    status: 'ok',
    problem: null,
    ...over,
  }
}

/** Puts images `0.png`, `1.png`, ... and the label "car" into a project. */
export function fill(project: Project, images: number): { sourceId: number; ids: ImageId[]; labelId: LabelId } {
  const sourceId = project.sources.add('/photos').id
  const { ids } = project.images.upsert(sourceId, Array.from({ length: images }, (_, n) => scanned(`${String(n)}.png`)))
  return { sourceId, ids, labelId: project.labels.ensure('car').id }
}

export const RECIPE: Recipe = {
  prompts: [{ words: 'red car', label: 'car' }],
  grounder: 'demo',
  segmenter: 'grabcut',
  grid: 'off',
  maxBoxes: 50,
  speckPixels: 0,
  mergeIou: 0.8,
  minScore: 0,
}

/** A run's result with objects at these places. */
export function resultAt(labelId: LabelId, places: readonly number[], over: Partial<RunResult> = {}): RunResult {
  const object = (x0: number): FoundObject => ({
    labelId,
    box: { x0, y0: 1, x1: x0 + 5, y1: 9.5 },
    mask: { size: [480, 640], counts: '04' },
    score: 0.75,
    reply: 0,
    originalBox: { x0: x0 - 1, y0: 0, x1: x0 + 6, y1: 10 },
    notes: ['clipped'],
  })
  return {
    frame: 0,
    imageHash: 'a'.repeat(64),
    grounder: { name: 'demo', hash: 'b'.repeat(64) },
    segmenter: { name: 'grabcut', hash: 'c'.repeat(64) },
    replies: [
      {
        words: 'red car',
        promptHash: promptHash({ words: 'red car', frame: 0, grid: 'off', maxBoxes: 50 }),
        text: '<|box_start|>(1,2),(3,4)<|box_end|><|im_end|>',
      },
    ],
    objects: places.map(object),
    ms: 12.5,
    ...over,
  }
}
