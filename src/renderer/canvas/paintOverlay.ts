/** Draws what changes with the pointer: handles, drafts, crosshair, brush, boxes in flight. CSS pixels of the canvas. */
import type { Box, ImagePoint } from '../../shared/geometry.ts'
import type { Annotation } from '../../shared/model.ts'
import { type Part, partsOf } from '../../shared/rings.ts'
import type { Click, Draft, EditorState } from '../editor/state.ts'
import { HANDLES, handlePoint } from '../editor/tools/boxEdit.ts'
import { clicksOf } from '../editor/tools/points.ts'
import { holeHandles, loopsOf } from '../editor/tools/polygonEdit.ts'
import { LEAST_HANDLED } from '../editor/tools/polygonDrag.ts'
import { toScreen } from '../editor/viewport.ts'
import { labelsOf } from './annotationLayer.ts'
import { outlineOf } from './outlines.ts'
import { drawAnnotation, UNKNOWN_LABEL } from './paintAnnotations.ts'
import type { CanvasTheme } from './theme.ts'

const HANDLE = 8

export interface Overlay {
  readonly context: CanvasRenderingContext2D
  readonly state: EditorState
  readonly theme: CanvasTheme
}

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

/** Runs with the context in image pixels. */
function onImage({ context, state: { viewport } }: Overlay, draw: () => void): void {
  context.save()
  context.translate(viewport.offsetX, viewport.offsetY)
  context.scale(viewport.scale, viewport.scale)
  draw()
  context.restore()
}

function strokeBox({ context, state: { viewport } }: Overlay, box: Box): void {
  const from = toScreen(viewport, { x: box.x0, y: box.y0 })
  const to = toScreen(viewport, { x: box.x1, y: box.y1 })
  context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y)
}

function style({ context }: Overlay, color: string, width: number, dash: readonly number[] = []): void {
  context.strokeStyle = context.fillStyle = color
  context.lineWidth = width
  context.setLineDash([...dash])
}

/** White dashes on black, so that the line is seen on any picture. */
function strokeTwice(overlay: Overlay, width: number, dash: readonly number[]): void {
  style(overlay, '#000000', width)
  overlay.context.stroke()
  style(overlay, '#ffffff', width, dash)
  overlay.context.stroke()
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

function dot({ context, theme }: Overlay, x: number, y: number, radius: number, color = theme.accent): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = color
  context.fill()
  context.strokeStyle = '#fff'
  context.lineWidth = 1.5
  context.setLineDash([])
  context.stroke()
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

function drawClicks(overlay: Overlay, clicks: readonly Click[]): void {
  for (const { at, positive } of clicks) {
    const { x, y } = toScreen(overlay.state.viewport, at)
    dot(overlay, x, y, 5, positive ? '#2f9e44' : '#e03131')
    overlay.context.beginPath()
    overlay.context.moveTo(x - 2.5, y)
    overlay.context.lineTo(x + 2.5, y)
    if (positive) {
      overlay.context.moveTo(x, y - 2.5)
      overlay.context.lineTo(x, y + 2.5)
    }
    overlay.context.stroke()
  }
}

function drawSelected(overlay: Overlay, stored: Annotation): void {
  const { state } = overlay
  const preview = state.draft?.kind === 'preview' ? state.draft.annotations.find(({ id }) => id === stored.id) : undefined
  const annotation = preview ?? stored
  if (state.tool === 'points') drawClicks(overlay, state.draft ? [] : clicksOf(annotation))
  if (state.locked.has(annotation.id)) return
  if (state.tool === 'polygon' && annotation.polygon) drawCorners(overlay, partsOf(annotation.polygon))
  if (state.tool === 'select') for (const handle of HANDLES) drawHandle(overlay, handlePoint(annotation.box, handle))
}

/** Corners to drag, and in the middle of each hole what it is moved by. */
function drawCorners(overlay: Overlay, parts: readonly Part[]): void {
  const { viewport } = overlay.state
  for (const ring of parts.flatMap(loopsOf))
    for (let i = 0; i < ring.length; i += 2) {
      const { x, y } = toScreen(viewport, { x: ring[i]!, y: ring[i + 1]! })
      dot(overlay, x, y, 3.5)
    }
  for (const { at } of holeHandles(parts, LEAST_HANDLED / viewport.scale)) drawHandle(overlay, at)
}

function drawHandle(overlay: Overlay, at: ImagePoint): void {
  const { context, state, theme } = overlay
  const { x, y } = toScreen(state.viewport, at)
  style(overlay, '#ffffff', 1.5)
  context.fillRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE)
  context.strokeStyle = theme.accent
  context.strokeRect(x - HANDLE / 2, y - HANDLE / 2, HANDLE, HANDLE)
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
