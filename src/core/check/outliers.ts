/** Sizes that don't fit the other objects of their label. */

/** Fewer objects have no usual size. */
const FEWEST = 12
/** Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): modified z-scores beyond 3.5. */
const FARTHEST = 3.5
/** Objects of nearly one size would all be outliers: at least this ratio to the median counts. */
const LEAST_RATIO = 8

export interface UsualSize {
  /** Median area, square pixels. */
  readonly median: number
  /** Areas below and above are outliers. */
  readonly least: number
  readonly most: number
}

/** From all areas of a label; null where there are too few. Computed on logarithms, as sizes spread by ratios. */
export function usualSize(areas: readonly number[]): UsualSize | null {
  const logs = areas.filter((area) => area > 0).map(Math.log)
  if (logs.length < FEWEST) return null
  const middle = median(logs)
  const spread = median(logs.map((value) => Math.abs(value - middle)))
  const reach = Math.max((FARTHEST * spread) / 0.6745, Math.log(LEAST_RATIO))
  return { median: Math.exp(middle), least: Math.exp(middle - reach), most: Math.exp(middle + reach) }
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
