/** Objects as the numbers of their lines, shares of the image's sides in eight decimals. */
import type { Box, Size } from '../../../shared/geometry.ts'
import { clipBox, isSameBox } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import { keptValues } from '../kept.ts'
import { rotatedBox } from './rotatedBox.ts'
import { joinRings, outlineOf } from './writeOutline.ts'
import type { YoloTask } from './task.ts'

/** bridge: one line an object; split: one a part; report: objects with holes or several parts are left out, with words. */
export type HolesForm = 'bridge' | 'split' | 'report'

export interface LineWish {
  readonly task: YoloTask | 'auto'
  readonly holes: HolesForm
}

export type LineKind = 'box' | 'outline' | 'pose'

export interface WrittenLines {
  readonly kind: LineKind
  /** Without the class number; none for an object that is left out. */
  readonly lines: readonly string[]
  readonly bridged: number
  /** Why it was left out, or in what it differs. */
  readonly reason: string | null
}

/** Numbers of keypoints of an imported object whose box nobody touched, as they came. */
export interface Keypoints {
  readonly text: string
  readonly shape: readonly [number, number]
}

export function linesOf(annotation: Annotation, size: Size, wish: LineWish, keypoints: Keypoints | null): WrittenLines {
  const box = boxOn(annotation.box, size)
  if (wish.task === 'detect' || wish.task === 'pose') return boxLine(box, keypoints)
  const outline = outlineOf(annotation, size)
  if (wish.task === 'obb') return quadLine(annotation, outline?.rings.flat() ?? (box && cornersOf(box)), size)
  if (!outline)
    return wish.task === 'auto' || !box ? boxLine(box, keypoints) : written('outline', [pointsText(cornersOf(box), size)])
  const { rings, holes } = outline
  if (wish.holes === 'split')
    return written(
      'outline',
      rings.map((ring) => pointsText(ring, size)),
      holes,
    )
  if (wish.holes === 'report' && (holes > 0 || rings.length > 1))
    return leftOut(`${holes} holes and ${rings.length} parts, which a line of YOLO does not hold`)
  const reason = rings.length > 1 ? 'parts were joined by bridges of no width' : null
  return { ...written('outline', [pointsText(joinRings(rings, size), size)], holes), reason }

  function boxLine(shown: Box | null, points: Keypoints | null): WrittenLines {
    if (!shown) return leftOut('it lies outside the image')
    const text = boxText(shown, size)
    const reason = isSameBox(shown, annotation.box) ? null : 'was cut at the edge of the image'
    return { ...written(points ? 'pose' : 'box', [points ? `${text} ${points.text}` : text]), reason }
  }
}

/** Share of a side by which a corner of a rotated box may be outside: what ultralytics tolerates. */
const OVER_EDGE = 0.01

function quadLine({ polygon }: Annotation, points: readonly number[] | null, size: Size): WrittenLines {
  if (!points) return leftOut('it lies outside the image')
  const quad = polygon?.length === 1 && polygon[0]!.length === 8 ? polygon[0]! : points
  const corners = quad.length === 8 ? quad : rotatedBox(points)
  const placed = corners.map((value, i) => {
    const side = sideOf(size, i)
    return value < -OVER_EDGE * side || value > (1 + OVER_EDGE) * side ? within(value, side) : value
  })
  const isCut = placed.some((value, i) => value !== corners[i])
  const turned = quad.length === 8 ? null : 'an outline was written as the rotated box around it'
  const reason = isCut ? 'corners outside the image were moved to its edge' : turned
  return { ...written('outline', [pointsText(placed, size)]), reason }
}

const written = (kind: LineKind, lines: readonly string[], bridged = 0): WrittenLines => ({ kind, lines, bridged, reason: null })
const leftOut = (reason: string): WrittenLines => ({ kind: 'box', lines: [], bridged: 0, reason })

/** What is on the image of it; null where that is nothing. A box without area stays one. */
function boxOn(box: Box, size: Size): Box | null {
  const shown = clipBox(box, size)
  const isGone = (shown.x1 === shown.x0 && box.x1 > box.x0) || (shown.y1 === shown.y0 && box.y1 > box.y0)
  return isGone || box.x0 > size.width || box.y0 > size.height || box.x1 < 0 || box.y1 < 0 ? null : shown
}

const cornersOf = ({ x0, y0, x1, y1 }: Box) => [x0, y0, x1, y0, x1, y1, x0, y1]
const sideOf = ({ width, height }: Size, i: number): number => (i % 2 === 0 ? width : height)
const within = (value: number, side: number) => Math.min(Math.max(value, 0), side)

function boxText({ x0, y0, x1, y1 }: Box, { width, height }: Size): string {
  return [(x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height]
    .map((share) => decimals(share, DECIMALS))
    .join(' ')
}

const DECIMALS = 8

function pointsText(points: readonly number[], size: Size): string {
  return points.map((value, i) => decimals(steady(value, sideOf(size, i)) / sideOf(size, i), DECIMALS)).join(' ')
}

/** COCO's raster takes steps of a fifth of a pixel; where rounding might decide on one, the value moves off the step. */
function steady(value: number, side: number): number {
  const slack = 2 * side * 10 ** -DECIMALS
  const step = (at: number) => Math.trunc(5 * at + 0.5)
  const isOn = (at: number) => step(at - slack) === step(value) && step(at + slack) === step(value)
  return [value, value + 2 * slack, value - 2 * slack].find(isOn) ?? value
}

function decimals(share: number, digits: number): string {
  return share.toFixed(digits).replace(/\.?0+$/, '')
}

/** A line of a box as that of an outline with four corners, for a file may not mix both. */
export function outlineOfBoxLine(line: string): string {
  const [id, x, y, width, height] = line.split(' ').map(Number) as [number, number, number, number, number]
  const edges = { x0: x - width / 2, y0: y - height / 2, x1: x + width / 2, y1: y + height / 2 }
  return [id, ...cornersOf(edges).map((share) => decimals(within(share, 1), DECIMALS + 1))].join(' ')
}

export function keypointsOf(annotation: Annotation): Keypoints | 'touched' | null {
  const kept = keptValues(annotation, 'yolo')
  const { keypoints: text, shape } = kept?.values ?? {}
  if (typeof text !== 'string' || !/^[-+.\de]+( [-+.\de]+)*$/i.test(text) || !Array.isArray(shape)) return null
  const [points, each] = shape as unknown[]
  if (!Number.isInteger(points) || (each !== 2 && each !== 3) || text.split(' ').length !== (points as number) * each) return null
  return kept!.untouched ? { text, shape: [points as number, each] } : 'touched'
}
