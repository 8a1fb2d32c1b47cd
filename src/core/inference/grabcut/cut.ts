/** GrabCut of one view (Rother, Kolmogorov, Blake 2004; cv::grabCut) and the cut of its rim at full size. */
import type { Size } from '../../../shared/geometry.ts'
import type { RgbImage } from '../seams.ts'
import { cvScope, matOf, type Cv, type Keep, type Mat } from './opencv.ts'
import { BACKGROUND, LIKELY_BACKGROUND, LIKELY_OBJECT, OBJECT, type Trimap } from './trimap.ts'

const ITERATIONS = 5
/** OpenCV starts k-means from its own random numbers: the same ones for every prompt. */
const SEED = 1
/** The rim is cut in tiles, of which only those on the boundary cost anything; pixels, with the overlap that hides seams. */
const TILE = 64
const OVERLAP = 8

interface ColourModels {
  readonly background: Mat
  readonly object: Mat
}

/** Enlarges a mask of 0 and 1 smoothly. */
function enlarge(cv: Cv, keep: Keep, mask: Uint8Array, from: Size, to: Size): Uint8Array {
  const small = keep(matOf(cv, mask.map((value) => value * 255), from.width, from.height, 1))
  const large = keep(new cv.Mat())
  cv.resize(small, large, new cv.Size(to.width, to.height), 0, 0, cv.INTER_LINEAR)
  return Uint8Array.from(large.data, (value) => (value >= 128 ? 1 : 0))
}

/** Classes at full size: a band of `reach` pixels around the mask's boundary is open, the rest is settled. Clicks stay. */
function bandTrimap(cv: Cv, keep: Keep, mask: Uint8Array, { width, height }: Size, reach: number, given: Trimap): Uint8Array {
  const whole = keep(matOf(cv, mask, width, height, 1))
  const kernel = keep(cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(2 * reach + 1, 2 * reach + 1)))
  const grown = keep(new cv.Mat())
  const shrunk = keep(new cv.Mat())
  cv.dilate(whole, grown, kernel)
  cv.erode(whole, shrunk, kernel)
  const inner = shrunk.data
  const outer = grown.data
  return Uint8Array.from(mask, (value, i) => {
    if (given.classes[i]! === OBJECT || given.classes[i]! === BACKGROUND) return given.classes[i]!
    if (inner[i] === 1) return OBJECT
    if (outer[i] === 0) return BACKGROUND
    return value === 1 ? LIKELY_OBJECT : LIKELY_BACKGROUND
  })
}

function hasOpenPixels(classes: Uint8Array, width: number, x0: number, y0: number, x1: number, y1: number): boolean {
  for (let y = y0; y < y1; y++) for (let i = y * width + x0; i < y * width + x1; i++) if (classes[i]! >= LIKELY_BACKGROUND) return true
  return false
}

/** Cuts the open pixels of one tile by the colours learned before and the edges of the full-size image. */
function cutTile(cv: Cv, image: Mat, classes: Mat, models: ColourModels, x: number, y: number): void {
  const x0 = Math.max(0, x - OVERLAP)
  const y0 = Math.max(0, y - OVERLAP)
  const area = new cv.Rect(x0, y0, Math.min(image.cols, x + TILE + OVERLAP) - x0, Math.min(image.rows, y + TILE + OVERLAP) - y0)
  cvScope(cv, (keep) => {
    const pixels = keep(image.roi(area))
    const here = keep(classes.roi(area))
    cv.grabCut(pixels, here, new cv.Rect(0, 0, 1, 1), models.background, models.object, 1, cv.GC_EVAL_FREEZE_MODEL)
  })
}

function refineRim(cv: Cv, keep: Keep, image: RgbImage, open: Uint8Array, models: ColourModels): Uint8Array {
  const { width, height } = image
  const pixels = keep(matOf(cv, image.data, width, height, 3))
  const classes = keep(matOf(cv, open, width, height, 1))
  for (let y = 0; y < height; y += TILE)
    for (let x = 0; x < width; x += TILE)
      if (hasOpenPixels(open, width, x, y, Math.min(width, x + TILE), Math.min(height, y + TILE)))
        cutTile(cv, pixels, classes, models, x, y)
  return Uint8Array.from(classes.data, (value) => value & 1)
}

/**
 * The object's pixels of a view, 0 or 1 at the size of `fine`.
 * @param coarse the view at the size GrabCut runs at, with what is known of it
 * @param fine the same view at the size the rim is cut at, with what is known of it
 */
export function cutObject(
  cv: Cv,
  coarse: { readonly image: RgbImage; readonly trimap: Trimap },
  fine: { readonly image: RgbImage; readonly trimap: Trimap },
): Uint8Array {
  return cvScope(cv, (keep) => {
    const { width, height, data } = coarse.image
    const image = keep(matOf(cv, data, width, height, 3))
    const classes = keep(matOf(cv, coarse.trimap.classes, width, height, 1))
    const models = { background: keep(new cv.Mat()), object: keep(new cv.Mat()) }
    cv.setRNGSeed(SEED)
    cv.grabCut(image, classes, new cv.Rect(0, 0, 1, 1), models.background, models.object, ITERATIONS, cv.GC_INIT_WITH_MASK)
    const mask = Uint8Array.from(classes.data, (value) => value & 1)
    if (fine.image.width === width) return mask
    const large = enlarge(cv, keep, mask, coarse.image, fine.image)
    const reach = Math.ceil(fine.image.width / width) + 2
    return refineRim(cv, keep, fine.image, bandTrimap(cv, keep, large, fine.image, reach, fine.trimap), models)
  })
}
