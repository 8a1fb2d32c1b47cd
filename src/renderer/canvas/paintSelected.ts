/** What the selected object is taken hold of by: handles, corners, the clicks it came of. */
import type { ImagePoint } from '../../shared/geometry.ts'
import type { Annotation } from '../../shared/model.ts'
import { type Part, partsOf } from '../../shared/rings.ts'
import type { Click } from '../editor/state.ts'
import { HANDLES, handlePoint } from '../editor/tools/boxEdit.ts'
import { clicksOf } from '../editor/tools/points.ts'
import { LEAST_HANDLED } from '../editor/tools/polygonDrag.ts'
import { holeHandles, loopsOf } from '../editor/tools/polygonEdit.ts'
import { toScreen } from '../editor/viewport.ts'
import { dot, type Overlay, style } from './overlayStrokes.ts'

const HANDLE = 8

export function drawClicks(overlay: Overlay, clicks: readonly Click[]): void {
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

export function drawSelected(overlay: Overlay, stored: Annotation): void {
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
