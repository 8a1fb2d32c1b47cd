/** What the lines of a YOLO dataset mean where their length alone doesn't say: one task for the whole dataset. */
import type { ReadContext } from '../dataset.ts'
import { askFor } from '../dataset.ts'
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import type { FormatOption } from '../source.ts'
import type { YoloConfig } from './config.ts'
import { rowsOf } from './labelFile.ts'
import type { YoloItem } from './layout.ts'

/** As ultralytics calls them: boxes, outlines, rotated boxes (four corners), boxes with keypoints. */
export const YOLO_TASKS = ['detect', 'segment', 'obb', 'pose'] as const
export type YoloTask = (typeof YOLO_TASKS)[number]

export const isYoloTask = (value: unknown): value is YoloTask => YOLO_TASKS.some((task) => task === value)

export const TASK_OPTION: FormatOption = {
  id: 'task',
  help: 'What the label files hold: boxes, outlines, rotated boxes or keypoints.',
  choices: ['auto', ...YOLO_TASKS],
  default: 'auto',
}

/** How many label files with lines are looked at, and how many lines of four points are measured. */
const FILES = 500
const QUADS = 200
/** Pixels by which the diagonals of a rectangle may differ, for each of its corners is rounded. */
const SLACK = 1
/** A class number and four points, or a class number, a box and two points. */
const AMBIGUOUS = 9

interface Look {
  readonly lengths: Set<number>
  /** Whether every line so far ends in x, y, visibility 0, 1 or 2; and whether any says 2, which no coordinate would. */
  isPose: boolean
  has2: boolean
  /** Lines of four points, in pixels, that are rectangles, and that are not. */
  readonly quads: { rectangles: number; others: number }
}

/**
 * The task as told by the option, by data.yaml, or by the lines.
 * @throws AppError ambiguous-dataset where lines of nine numbers may be outlines or boxes with keypoints
 */
export async function taskOf(
  files: DatasetFiles,
  config: YoloConfig,
  items: readonly YoloItem[],
  context: ReadContext,
): Promise<YoloTask> {
  const told = context.options['task']
  if (isYoloTask(told)) return told
  if (config.keypoints) return 'pose'
  if (config.task) return config.task
  const { lengths, isPose, has2, quads } = await lookAt(files, items, context)
  const long = [...lengths].filter((length) => length > 7)
  if (long.length === 0) return lengths.has(7) ? 'segment' : 'detect'
  if (isPose && has2 && lengths.size === 1) return 'pose'
  if (long.some((length) => length !== AMBIGUOUS && length !== AMBIGUOUS + 1) || lengths.has(7)) return 'segment'
  if (quads.others === 0) return 'obb'
  throw askFor(
    TASK_OPTION,
    'Lines of nine numbers may be outlines of four points, or boxes with two keypoints, and data.yaml does not say which.',
  )
}

async function lookAt(files: DatasetFiles, items: readonly YoloItem[], context: ReadContext): Promise<Look> {
  const look: Look = { lengths: new Set(), isPose: true, has2: false, quads: { rectangles: 0, others: 0 } }
  let left = FILES
  for (const { image, label } of items) {
    if (left === 0) break
    if (label === null) continue
    const rows = (await rowsOf(files, label).catch(() => [])).map(({ text }) => text.split(/\s+/).map(Number))
    if (rows.length > 0) left--
    for (const row of rows) take(look, row)
    const quads = rows.filter((row) => row.length === AMBIGUOUS || row.length === AMBIGUOUS + 1)
    if (quads.length > 0) await measure(look, quads, image, context)
  }
  return look
}

function take(look: Look, row: readonly number[]): void {
  look.lengths.add(row.length)
  const visibilities = row.slice(5).filter((_, i) => i % 3 === 2)
  look.isPose &&=
    row.length >= 8 && (row.length - 5) % 3 === 0 && visibilities.every((value) => value === 0 || value === 1 || value === 2)
  look.has2 ||= visibilities.includes(2)
}

async function measure(
  { quads }: Look,
  rows: readonly (readonly number[])[],
  image: string,
  context: ReadContext,
): Promise<void> {
  if (quads.rectangles + quads.others >= QUADS) return
  const size = (await context.find(image))?.size
  if (!size) return
  for (const row of rows) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = row
      .slice(1, 9)
      .map((value, i) => value * (i % 2 === 0 ? size.width : size.height)) as Eight
    const far = Math.max(
      Math.hypot(x0 + x2 - x1 - x3, y0 + y2 - y1 - y3),
      Math.abs(Math.hypot(x2 - x0, y2 - y0) - Math.hypot(x3 - x1, y3 - y1)),
    )
    quads[far <= SLACK ? 'rectangles' : 'others']++
  }
}

type Eight = [number, number, number, number, number, number, number, number]
