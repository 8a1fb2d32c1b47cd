/** The part of a COCO instances file that scoring needs. */
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Box, Size } from '../../shared/geometry.ts'
import { rasterizePolygon } from '../../shared/rasterize.ts'
import type { Runs } from '../../shared/rle.ts'
import { countsToRuns, rleToRuns } from '../../shared/rleString.ts'

const id = z.union([z.number(), z.string()])
const rle = z.object({ size: z.tuple([z.number(), z.number()]), counts: z.union([z.string(), z.array(z.number())]) })

const CocoFileSchema = z.object({
  images: z.array(z.object({ id, file_name: z.string(), width: z.number(), height: z.number() })),
  categories: z.array(z.object({ id, name: z.string() })),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      segmentation: z.union([z.array(z.array(z.number())), rle]).optional(),
      iscrowd: z.union([z.literal(0), z.literal(1)]).optional(),
      score: z.number().optional(),
    }),
  ),
})
export type CocoFile = z.infer<typeof CocoFileSchema>
export type CocoAnnotation = CocoFile['annotations'][number]

/** Checks parsed JSON; `name` is how the message calls the file. Throws `invalid-argument`. */
export function readCocoFile(json: unknown, name: string): CocoFile {
  const parsed = CocoFileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw new AppError('invalid-argument', `${name} is no COCO file with images, categories and annotations: ${issue.path.join('.')}: ${issue.message}`)
}

/** One object as it is scored. */
export interface ScoredObject {
  /** Image pixels. */
  readonly box: Box
  /** Null for an object that is a box only. */
  readonly mask: Runs | null
  readonly iscrowd: boolean
  /** Confidence; 1 where the file has none. */
  readonly score: number
}

export function toObject(annotation: CocoAnnotation, size: Size): ScoredObject {
  const [x, y, width, height] = annotation.bbox
  return {
    box: { x0: x, y0: y, x1: x + width, y1: y + height },
    mask: maskOf(annotation.segmentation, size),
    iscrowd: annotation.iscrowd === 1,
    score: annotation.score ?? 1,
  }
}

function maskOf(segmentation: CocoAnnotation['segmentation'], size: Size): Runs | null {
  if (!segmentation) return null
  if (Array.isArray(segmentation)) return segmentation.length === 0 ? null : rasterizePolygon(segmentation, size)
  const [height, width] = segmentation.size
  if (typeof segmentation.counts === 'string') return rleToRuns({ size: [height, width], counts: segmentation.counts })
  return countsToRuns(width, height, segmentation.counts)
}
