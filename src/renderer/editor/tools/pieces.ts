/**
 * What an object marked by clicks is made of. With its box goes one question to the model; a click outside that box asks
 * for a piece of its own, without a box, since a model hardly marks anything beyond the box it is given.
 */
import type { SegmentPrompt } from '../../../shared/appContract.ts'
import type { Box, ImagePoint, Size } from '../../../shared/geometry.ts'
import type { MaskCrop } from '../../../shared/maskCrop.ts'
import { cropToRle } from '../../../shared/maskCrop.ts'
import type { Annotation, Rle } from '../../../shared/model.ts'
import type { SegmentResult } from '../editorTypes.ts'
import { coveredPixels, maskCrop } from '../maskCache.ts'
import { combineCrops, cropExtent, foregroundBox, isForeground, splitCrop } from '../maskCrop.ts'
import type { Click } from '../state.ts'

export interface Piece {
  readonly box: Box | null
  readonly clicks: readonly Click[]
  /** What the model answered, or what the object was before; null while it has to be asked. */
  readonly mask: Rle | null
}

/** What an object is before the first click: its pixels, or a box the model has not been asked about. */
export function piecesOf(target: Annotation, size: Size): readonly Piece[] {
  const mask = target.polygon ? cropToRle(coveredPixels(target, size), size) : target.mask
  return [{ box: target.box, clicks: [], mask }]
}

/** With a click, as part of the piece it means; that piece has to be asked again. */
export function withClick(pieces: readonly Piece[], click: Click): readonly Piece[] {
  const at = click.positive ? addedTo(pieces, click.at) : takenFrom(pieces, click.at)
  const piece = pieces[at]
  if (!piece) return [...pieces, { box: null, clicks: [click], mask: null }]
  return pieces.with(at, { ...piece, clicks: [...piece.clicks, click], mask: null })
}

/** The first one where it has no box, or the point lies in its box; else one around the point; else none: -1. */
function addedTo(pieces: readonly Piece[], at: ImagePoint): number {
  const [main] = pieces
  if (main && (!main.box || isIn(main.box, at))) return 0
  return pieces.findIndex(({ box, mask }) => !box && mask !== null && isIn(cropExtent(maskCrop(mask)), at))
}

/** The last one that covers the point, else the first. */
function takenFrom(pieces: readonly Piece[], at: ImagePoint): number {
  const covering = pieces.findLastIndex(({ mask }) => mask !== null && isForeground(maskCrop(mask), Math.floor(at.x), Math.floor(at.y)))
  return Math.max(0, covering)
}

const isIn = ({ x0, y0, x1, y1 }: Box, { x, y }: ImagePoint): boolean => x >= x0 && y >= y0 && x < x1 && y < y1

const isOpen = ({ mask }: Piece): boolean => mask === null

/** One prompt for each piece that has to be asked. */
export function promptsOf(pieces: readonly Piece[]): SegmentPrompt[] {
  return pieces.filter(isOpen).map(({ box, clicks }) => ({ box, points: clicks.map(({ at, positive }) => ({ x: at.x, y: at.y, positive })) }))
}

/** With the answers to `promptsOf`; pieces of which nothing was found are gone. */
export function answered(pieces: readonly Piece[], answers: readonly SegmentResult[], size: Size): readonly Piece[] {
  const left = [...answers]
  return pieces.flatMap((piece) => {
    if (!isOpen(piece)) return [piece]
    const answer = left.shift()
    const crop = answer && (piece.box ? maskCrop(answer.mask) : clickedParts(maskCrop(answer.mask), piece.clicks))
    return crop && foregroundBox(crop) ? [{ ...piece, mask: cropToRle(crop, size) }] : []
  })
}

/** All pieces as one; null without any. */
export function united(pieces: readonly Piece[]): MaskCrop | null {
  const crops = pieces.flatMap(({ mask }) => (mask ? [maskCrop(mask)] : []))
  return crops.length === 0 ? null : crops.reduce((all, crop) => combineCrops(all, crop, 'union'))
}

/** Without a box a model also marks what merely looks alike: only the parts that were clicked are kept, where there are any. */
function clickedParts(crop: MaskCrop, clicks: readonly Click[]): MaskCrop {
  const isClicked = (part: MaskCrop) =>
    clicks.some(({ at, positive }) => positive && isForeground(part, Math.floor(at.x), Math.floor(at.y)))
  const clicked = splitCrop(crop).filter(isClicked)
  return clicked.length === 0 ? crop : clicked.reduce((all, part) => combineCrops(all, part, 'union'))
}
