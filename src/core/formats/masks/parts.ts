/** What is in a PNG file of masks. */
import type { Runs } from '../../../shared/rle.ts'
import { mergeRuns } from '../../../shared/rleMath.ts'
import { placeOf, runsByNumber } from '../common/pixels/maskPng.ts'
import type { MaskPng } from '../common/pixels/maskPng.ts'
import { VOID } from '../voc/classes.ts'
import type { MaskFile, MaskPlan } from './plan.ts'

/** What numbers are: classes by a table or by the person's word, objects, or the foreground of masks in two colours. */
export type Numbers = 'classes' | 'objects' | 'foreground'

/** Where a mask of one object or label is: grey from the middle up where there are steps between, else all but 0. */
export function foregroundOf(png: MaskPng, path: string): Runs | null {
  const byNumber = runsByNumber(png, path)
  const most = Math.max(...byNumber.keys())
  const hasSteps = png.kind === 'grey' && byNumber.size > 2
  const runs = [...byNumber].filter(([number]) => (hasSteps ? number >= most / 2 : number !== 0)).map(([, one]) => one)
  return runs.length > 0 ? mergeRuns(runs) : null
}

export interface Part {
  readonly place: string
  /** Null for numbers that nothing declares. */
  readonly label: string | null
  readonly runs: Runs
}

export function wholePart(png: MaskPng, { path, label }: MaskFile): Part[] {
  const runs = foregroundOf(png, path)
  return runs ? [{ place: '', label, runs }] : []
}

export function numberedParts(png: MaskPng, path: string, { classes }: MaskPlan, numbers: Numbers): Part[] {
  if (numbers === 'foreground') return wholePart(png, { path, label: 'object' })
  const byNumber = runsByNumber(png, path)
  const meanings = numbers === 'classes' && classes ? classes.meanings(png, byNumber.keys()) : null
  return [...byNumber].flatMap(([number, runs]): Part[] => {
    const place = placeOf(png, number)
    if (meanings) return meanings.get(number) === null ? [] : [{ place, label: meanings.get(number) ?? null, runs }]
    if (number === 0 || (number === VOID && byNumber.size > 2)) return []
    return [{ place, label: numbers === 'objects' ? 'object' : `class ${place.replace(/^\w+ /, '')}`, runs }]
  })
}
