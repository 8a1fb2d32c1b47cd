/** Draws what changes with the pointer: handles, drafts, crosshair, brush, boxes in flight. CSS pixels of the canvas. */
import type { ImagePoint } from '../../shared/geometry.ts'
import type { Draft } from '../editor/state.ts'
import { toScreen } from '../editor/viewport.ts'
import { labelsOf } from './annotationLayer.ts'
import { outlineOf } from './outlines.ts'
import { dot, onImage, type Overlay, strokeBox, strokeTwice, style } from './overlayStrokes.ts'
import { drawAnnotation, UNKNOWN_LABEL } from './paintAnnotations.ts'
import { drawClicks, drawSelected } from './paintSelected.ts'

export function paintOverlay(overlay: Overlay): void {
  const { state } = overlay
  drawHovered(overlay)
  drawInFlight(overlay)
  drawDraft(overlay)
  const [id] = state.selection
  const selected = state.selection.size === 1 && !state.allHidden ? state.annotations.get(id!) : undefined
  if (selected && selected.frame === state.frame && !state.hidden.has(selected.id)) drawSelected(overlay, selected)
  drawPointer(overlay)
}

function drawHovered(overlay: Overlay): void {
  const { state, context } = overlay
  const hovered = state.hovered && !state.draft ? state.annotations.get(state.hovered) : undefined
  if (!hovered || state.selection.has(hovered.id)) return
  const outline = outlineOf(hovered)
  style(overlay, '#ffffff', 1.5)
  if (!outline) strokeBox(overlay, hovered.box)
  else
    onImage(overlay, () => {
      context.lineWidth = 1.5 / state.viewport.scale
      context.stroke(outline)
    })
}

/** Boxes as the model writes them, before they are proposals. */
function drawInFlight(overlay: Overlay): void {
  const { run, image } = overlay.state
  if (!run.busy || run.imageId !== image?.id) return
  style(overlay, overlay.theme.proposal, 2, [6, 4])
  for (const box of run.boxes) strokeBox(overlay, box)
}

function drawDraft(overlay: Overlay): void {
  const { state, context, theme } = overlay
  const { draft } = state
  if (draft?.kind === 'box' || draft?.kind === 'rubber-band') {
    style(overlay, theme.accent, draft.kind === 'box' ? 2 : 1, draft.kind === 'box' ? [] : [4, 3])
    strokeBox(overlay, draft.box)
  } else if (draft?.kind === 'polygon') drawOpenPolygon(overlay, draft)
  else if (draft?.kind === 'stroke') drawStroke(overlay, draft)
  else if (draft?.kind === 'clicks') drawClicks(overlay, draft.clicks)
  else if (draft?.kind === 'preview') {
    const labels = labelsOf(state)
    const { scale } = state.viewport
    onImage(overlay, () => {
      for (const annotation of draft.annotations) {
        const { color } = labels.get(annotation.labelId) ?? UNKNOWN_LABEL
        drawAnnotation(context, annotation, { color, scale, opacity: state.adjustments.mask, isSelected: true })
      }
    })
  }
}

/** A hole is dashed. */
function drawOpenPolygon(overlay: Overlay, { points, cursor, corners, cuts }: Extract<Draft, { kind: 'polygon' }>): void {
  const { context, state, theme } = overlay
  const at = [...points, ...(cursor ? [cursor] : [])].map((point) => toScreen(state.viewport, point))
  context.beginPath()
  for (const { x, y } of at) context.lineTo(x, y)
  if (cuts) strokeTwice(overlay, 2, [6, 4])
  else {
    style(overlay, theme.accent, 2)
    context.stroke()
  }
  at.slice(0, corners).forEach(({ x, y }, i) => dot(overlay, x, y, i === 0 ? 5 : 3.5))
}

function drawStroke(overlay: Overlay, draft: { points: readonly ImagePoint[]; radius: number; erase: boolean }): void {
  const { context, theme } = overlay
  onImage(overlay, () => {
    style(overlay, draft.erase ? '#ffffff' : theme.accent, Math.max(1, 2 * draft.radius))
    context.lineCap = context.lineJoin = 'round'
    context.globalAlpha = 0.5
    context.beginPath()
    const [first] = draft.points
    if (draft.points.length === 1) context.lineTo(first!.x, first!.y)
    for (const { x, y } of draft.points) context.lineTo(x, y)
    context.stroke()
  })
}

/** The crosshair of the drawing tools, and the circle of the brush. */
function drawPointer(overlay: Overlay): void {
  const { context, state } = overlay
  const { viewport, cursor, tool, brushRadius } = state
  if (!cursor) return
  const { x, y } = toScreen(viewport, cursor)
  if (tool === 'box' || tool === 'polygon') {
    context.globalAlpha = 0.6
    context.beginPath()
    context.moveTo(0, Math.round(y) + 0.5)
    context.lineTo(viewport.width, Math.round(y) + 0.5)
    context.moveTo(Math.round(x) + 0.5, 0)
    context.lineTo(Math.round(x) + 0.5, viewport.height)
    strokeTwice(overlay, 1, [5, 4])
    context.globalAlpha = 1
  } else if (tool === 'brush' || tool === 'eraser') {
    for (const [color, width] of [['#000000', 2.5], ['#ffffff', 1.2]] as const) {
      style(overlay, color, width)
      context.beginPath()
      context.arc(x, y, Math.max(1, brushRadius * viewport.scale), 0, 2 * Math.PI)
      context.stroke()
    }
  }
}
