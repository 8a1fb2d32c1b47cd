/** Lines and dots of the overlay, CSS pixels of the canvas. */
import type { Box } from '../../shared/geometry.ts'
import type { EditorState } from '../editor/state.ts'
import { toScreen } from '../editor/viewport.ts'
import type { CanvasTheme } from './theme.ts'

export interface Overlay {
  readonly context: CanvasRenderingContext2D
  readonly state: EditorState
  readonly theme: CanvasTheme
}

/** Runs with the context in image pixels. */
export function onImage({ context, state: { viewport } }: Overlay, draw: () => void): void {
  context.save()
  context.translate(viewport.offsetX, viewport.offsetY)
  context.scale(viewport.scale, viewport.scale)
  draw()
  context.restore()
}

export function strokeBox({ context, state: { viewport } }: Overlay, box: Box): void {
  const from = toScreen(viewport, { x: box.x0, y: box.y0 })
  const to = toScreen(viewport, { x: box.x1, y: box.y1 })
  context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y)
}

export function style({ context }: Overlay, color: string, width: number, dash: readonly number[] = []): void {
  context.strokeStyle = context.fillStyle = color
  context.lineWidth = width
  context.setLineDash([...dash])
}

/** White dashes on black, so that the line is seen on any picture. */
export function strokeTwice(overlay: Overlay, width: number, dash: readonly number[]): void {
  style(overlay, '#000000', width)
  overlay.context.stroke()
  style(overlay, '#ffffff', width, dash)
  overlay.context.stroke()
}

export function dot({ context, theme }: Overlay, x: number, y: number, radius: number, color = theme.accent): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fillStyle = color
  context.fill()
  context.strokeStyle = '#fff'
  context.lineWidth = 1.5
  context.setLineDash([])
  context.stroke()
}
