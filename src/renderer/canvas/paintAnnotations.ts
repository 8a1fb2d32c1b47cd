/** Draws annotations for one view: only those in sight, the small ones simply. */
import type { Box } from '../../shared/geometry.ts'
import type { Annotation, AnnotationId, LabelId } from '../../shared/model.ts'
import type { HitIndex } from '../editor/hitIndex.ts'
import { maskCrop } from '../editor/maskCache.ts'
import type { Viewport } from '../editor/viewport.ts'
import { outlineOf, tintedMask } from './outlines.ts'
import type { Tag } from './tags.ts'
import { drawTags } from './tags.ts'

/** Objects smaller than this on the screen are drawn as a filled dot, CSS pixels. */
const DOT = 3
/** Objects smaller than this get no tag, CSS pixels. */
const TAGGED = 14

export interface Scene {
  readonly index: HitIndex
  readonly labels: ReadonlyMap<LabelId, { readonly name: string; readonly color: string }>
  readonly selection: ReadonlySet<AnnotationId>
  /** Drawn elsewhere, as a gesture would leave them. */
  readonly without: ReadonlySet<AnnotationId>
  /** Opacity of masks, 0..1. */
  readonly opacity: number
}

export const UNKNOWN_LABEL = { name: '?', color: '#999999' }

/** `area` is the part of the image plane to draw; the context is in CSS pixels of the canvas. */
export function paintAnnotations(context: CanvasRenderingContext2D, scene: Scene, view: Viewport, area: Box): void {
  const tags: Tag[] = []
  context.save()
  context.translate(view.offsetX, view.offsetY)
  context.scale(view.scale, view.scale)
  context.imageSmoothingEnabled = view.scale < 1
  for (const annotation of scene.index.meeting(area)) {
    if (scene.without.has(annotation.id)) continue
    const label = scene.labels.get(annotation.labelId) ?? UNKNOWN_LABEL
    const isSelected = scene.selection.has(annotation.id)
    drawAnnotation(context, annotation, { color: label.color, scale: view.scale, opacity: scene.opacity, isSelected })
    const tag = tagOf(annotation, label, view)
    if (tag && isSelected) tags.unshift(tag)
    else if (tag) tags.push(tag)
  }
  context.restore()
  drawTags(context, tags)
}

function tagOf({ box, state, score }: Annotation, { name, color }: { name: string; color: string }, view: Viewport): Tag | null {
  const { scale, offsetX, offsetY } = view
  if ((box.x1 - box.x0) * scale < TAGGED && (box.y1 - box.y0) * scale < TAGGED) return null
  const text = state === 'proposed' && score !== null ? `${name} · ${score.toFixed(2)}` : name
  const place = { x0: box.x0 * scale + offsetX, y0: box.y0 * scale + offsetY, x1: box.x1 * scale + offsetX, y1: box.y1 * scale + offsetY }
  return { text, color, box: place }
}

const CASING = 'rgb(0 0 0 / 0.45)'

export interface Look {
  readonly color: string
  readonly scale: number
  readonly opacity: number
  readonly isSelected: boolean
}

/** The context is in image pixels. Proposals are dashed. */
export function drawAnnotation(context: CanvasRenderingContext2D, annotation: Annotation, { color, scale, opacity, isSelected }: Look): void {
  const { box, mask, polygon, state } = annotation
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0]
  context.fillStyle = color
  if (Math.max(width, height) * scale < DOT) {
    context.fillRect(box.x0, box.y0, Math.max(width, 1 / scale), Math.max(height, 1 / scale))
    return
  }
  context.globalAlpha = isSelected ? Math.min(1, opacity + 0.15) : opacity
  const outline = outlineOf(annotation)
  if (polygon) context.fill(outline!)
  else if (mask) {
    const crop = maskCrop(mask)
    if (crop.width > 0) context.drawImage(tintedMask(mask, color), crop.x0, crop.y0, crop.width, crop.height)
  }
  context.globalAlpha = 1
  const dash = state === 'proposed' ? [6 / scale, 4 / scale] : []
  context.setLineDash(dash)
  if (!polygon) {
    cased(context, color, (isSelected ? 3 : 2) / scale, 1 / scale, () => {
      context.strokeRect(box.x0, box.y0, width, height)
    })
  }
  if (outline) {
    context.setLineDash(polygon ? dash : [])
    // The long outlines of thousands of objects would take twice the time.
    cased(context, color, (isSelected ? 2 : 1) / scale, isSelected ? 1 / scale : 0, () => {
      context.stroke(outline)
    })
  }
}

/** Strokes with a dark edge, so that a line is seen on things of its own colour. Image pixels. */
function cased(context: CanvasRenderingContext2D, color: string, width: number, edge: number, stroke: () => void): void {
  if (edge > 0) {
    context.strokeStyle = CASING
    context.lineWidth = width + 2 * edge
    stroke()
  }
  context.strokeStyle = color
  context.lineWidth = width
  stroke()
}
