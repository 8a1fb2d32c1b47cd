/** What both segmenters ask of a prompt before they work on it. */
import { AppError } from '../../shared/errors.ts'
import { boxArea, clipBox, orderedBox, type Size } from '../../shared/geometry.ts'
import type { MaskPrompt } from './seams.ts'

/**
 * The prompt with its box in order and clipped to the image, and clicks outside the image moved to its edge.
 * Null where the box lies outside the image, so that there is nothing to mark.
 * @throws AppError invalid-argument for a prompt with neither a box nor a positive click
 */
export function usablePrompt({ box, points }: MaskPrompt, size: Size): MaskPrompt | null {
  if (box === null && !points.some(({ positive }) => positive))
    throw new AppError('invalid-argument', 'A mask needs a box or at least one click on the object.')
  const clipped = box === null ? null : clipBox(orderedBox(box), size)
  if (clipped !== null && boxArea(clipped) === 0) return null
  const inside = points.map(({ at, positive }) => ({
    at: { x: Math.min(Math.max(at.x, 0), size.width), y: Math.min(Math.max(at.y, 0), size.height) },
    positive,
  }))
  return { box: clipped, points: inside }
}
