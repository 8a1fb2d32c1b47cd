/**
 * Average precision as pycocotools' COCOeval computes it: IoU thresholds 0.50:0.05:0.95, 101 recall levels, all areas,
 * at most 100 objects an image and category, crowds ignored.
 */

/** The objects of one category on one image. */
export interface Evaluated {
  /** Confidence of each found object, in file order. */
  readonly scores: readonly number[]
  /** ious[found * truths + truth], found in file order. */
  readonly ious: Float64Array
  /** One entry a true object. */
  readonly iscrowd: readonly boolean[]
}

export interface AveragePrecision {
  /** Mean over the ten thresholds. */
  readonly ap: number
  readonly ap50: number
  readonly ap75: number
}

const MAX_FOUND = 100
const EPSILON = 2 ** -52
/** numpy.linspace(0.5, 0.95, 10) to the bit. */
const THRESHOLDS = Array.from({ length: 10 }, (_, i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)))
/** numpy.linspace(0, 1, 101) to the bit. */
const RECALLS = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01))

/** AP of one category over its images in ascending id; null where the category has no true object that is not a crowd. */
export function averagePrecision(images: readonly Evaluated[]): AveragePrecision | null {
  const truths = images.reduce((sum, { iscrowd }) => sum + iscrowd.filter((crowd) => !crowd).length, 0)
  if (truths === 0) return null
  const values = THRESHOLDS.map((threshold) => precisionAt(images, threshold, truths))
  return { ap: mean(values), ap50: values[0]!, ap75: values[5]! }
}

/** Mean over categories, leaving out those without truth; null if none is left. */
export function meanPrecision(values: readonly (AveragePrecision | null)[]): AveragePrecision | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  return { ap: mean(known.map((v) => v.ap)), ap50: mean(known.map((v) => v.ap50)), ap75: mean(known.map((v) => v.ap75)) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

type Outcome = { readonly score: number; readonly isHit: boolean }

function precisionAt(images: readonly Evaluated[], threshold: number, truths: number): number {
  const outcomes = images.flatMap((image) => outcomesOf(image, threshold)).sort((a, b) => b.score - a.score)
  const recalls: number[] = []
  const precisions: number[] = []
  let hits = 0
  outcomes.forEach(({ isHit }, index) => {
    if (isHit) hits++
    recalls.push(hits / truths)
    precisions.push(hits / (index + 1 + EPSILON))
  })
  for (let i = precisions.length - 1; i > 0; i--) precisions[i - 1] = Math.max(precisions[i - 1]!, precisions[i]!)
  let at = 0
  const sampled = RECALLS.map((recall) => {
    while (at < recalls.length && recalls[at]! < recall) at++
    return precisions[at] ?? 0
  })
  return mean(sampled)
}

/** Hits and false alarms of one image; what lies on a crowd is neither and is left out (COCOeval.evaluateImg). */
function outcomesOf({ scores, ious, iscrowd }: Evaluated, threshold: number): Outcome[] {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, MAX_FOUND)
  const truths = [...iscrowd.keys()].sort((a, b) => Number(iscrowd[a]) - Number(iscrowd[b]))
  const taken = new Set<number>()
  const outcomes: Outcome[] = []
  for (const found of order) {
    const match = bestTruth(truths, iscrowd, taken, threshold, (truth) => ious[found * iscrowd.length + truth]!)
    if (match !== null) taken.add(match)
    if (match === null || !iscrowd[match]) outcomes.push({ score: scores[found]!, isHit: match !== null })
  }
  return outcomes
}

/** The free truth of greatest overlap (the later of equals); a crowd only where no object fits. */
function bestTruth(
  truths: readonly number[],
  iscrowd: readonly boolean[],
  taken: ReadonlySet<number>,
  threshold: number,
  iouWith: (truth: number) => number,
): number | null {
  let best: number | null = null
  let least = Math.min(threshold, 1 - 1e-10)
  for (const truth of truths) {
    if (taken.has(truth) && !iscrowd[truth]) continue
    if (best !== null && !iscrowd[best] && iscrowd[truth]) break
    if (iouWith(truth) < least) continue
    least = iouWith(truth)
    best = truth
  }
  return best
}
