/** The label files of an export, and the task that all of them are made to fit. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportImage } from '../source.ts'
import type { Tally } from '../common/tally.ts'
import type { YoloTask } from './task.ts'
import { keypointsOf, linesOf, outlineOfBoxLine } from './writeLines.ts'
import type { LineKind, LineWish } from './writeLines.ts'

export interface Settled {
  readonly task: YoloTask
  /** Points and numbers a point, of a pose. */
  readonly keypoints: readonly [number, number] | null
}

export class LabelWriter {
  readonly #folder: string
  readonly #options: Partial<LineWish>
  readonly #numbers: ReadonlyMap<number, number>
  readonly #tally: Tally
  /** Label files with lines of boxes or keypoints, whose task shows in the end; kinds of their lines. */
  readonly #undecided = new Map<string, LineKind[]>()
  #hasOutlines = false
  #keypoints: readonly [number, number] | null = null

  /** `numbers`: class number by label id. */
  constructor(folder: string, options: Partial<LineWish>, numbers: ReadonlyMap<number, number>, tally: Tally) {
    this.#folder = folder
    this.#options = options
    this.#numbers = numbers
    this.#tally = tally
  }

  /** Writes the label file of an image, empty where it has no objects. `path`: within the export. */
  async write(item: ExportImage, path: string): Promise<void> {
    const { task = 'auto', holes = 'bridge' } = this.#options
    const lines: string[] = []
    const kinds: LineKind[] = []
    for (const annotation of this.#tally.annotationsOf(item)) {
      const label = this.#tally.labelOf(annotation)
      const written = linesOf(annotation, item.image, { task, holes }, this.#keypointsFor(annotation, item))
      if (written.lines.length === 0) {
        this.#tally.skip(item.image.path, `"${label.name}": ${written.reason!}`, 1)
        continue
      }
      if (written.reason) this.#tally.note(item.image.path, `"${label.name}": ${written.reason}`)
      this.#tally.count(annotation)
      this.#tally.holesBridged += written.bridged
      this.#hasOutlines ||= written.kind === 'outline'
      for (const line of written.lines) {
        lines.push(`${this.#numbers.get(annotation.labelId)!} ${line}\n`)
        kinds.push(written.kind)
      }
    }
    if (kinds.some((kind) => kind !== 'outline')) this.#undecided.set(path, kinds)
    await writeFile(join(this.#folder, path), lines.join(''))
  }

  /** The keypoints an object came with, where it can leave with them: all of a dataset have one shape. */
  #keypointsFor(annotation: ExportImage['annotations'][number], { image }: ExportImage) {
    const { task = 'auto' } = this.#options
    const keypoints = keypointsOf(annotation)
    if (keypoints === null) return null
    const reason =
      keypoints === 'touched'
        ? 'its keypoints were left out, for it was changed since they came'
        : this.#misfit(task, keypoints.shape)
    if (!reason && keypoints !== 'touched') return keypoints
    this.#tally.note(image.path, `"${this.#tally.labelOf(annotation).name}": ${reason!}`)
    return null
  }

  #misfit(task: 'auto' | YoloTask, shape: readonly [number, number]): string | null {
    if (task !== 'auto' && task !== 'pose') return 'its keypoints were left out; task=pose keeps them'
    this.#keypoints ??= shape
    return this.#keypoints.join() === shape.join()
      ? null
      : 'its keypoints were left out, for others have another number of points'
  }

  /** A dataset holds outlines, poses or boxes: lines that don't fit are made to. */
  async settle(): Promise<Settled> {
    const { task = 'auto' } = this.#options
    const chosen = task !== 'auto' ? task : this.#hasOutlines ? 'segment' : this.#keypoints ? 'pose' : 'detect'
    if (chosen === 'segment' && task === 'auto') {
      const lost = [...this.#undecided.values()].flat().filter((kind) => kind === 'pose').length
      if (lost > 0) this.#tally.note('data.yaml', `the keypoints of ${lost} objects were left out, for others have outlines`)
      await this.#rewrite(outlineOfBoxLine, 'boxes without an outline were written as outlines of four corners', () => true)
    }
    if (chosen === 'pose') {
      const [points, each] = (this.#keypoints ??= [1, 3])
      const none = ` ${Array.from({ length: points }, () => '0 0 0'.slice(0, 2 * each - 1)).join(' ')}`
      await this.#rewrite(
        (line) => line + none,
        'objects without keypoints got keypoints that are not there (0 0)',
        (kind) => kind === 'box',
      )
    }
    return { task: chosen, keypoints: chosen === 'pose' ? this.#keypoints : null }
  }

  async #rewrite(change: (line: string) => string, note: string, concerns: (kind: LineKind) => boolean): Promise<void> {
    let changed = 0
    for (const [path, kinds] of this.#undecided) {
      const lines = (await readFile(join(this.#folder, path), 'utf8')).split('\n').slice(0, -1)
      const settled = lines.map((line, i) => (kinds[i] !== 'outline' && concerns(kinds[i]!) ? change(line) : line))
      changed += settled.filter((line, i) => line !== lines[i]).length
      await writeFile(join(this.#folder, path), settled.map((line) => `${line}\n`).join(''))
    }
    if (changed > 0) this.#tally.note('data.yaml', `${changed} ${note}`)
  }
}
