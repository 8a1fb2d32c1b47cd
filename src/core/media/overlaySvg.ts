/** The drawn part of an overlay: outlines and tags as SVG, in pixels of the PNG. */
import type { Size } from '../../shared/geometry.ts'
import type { OverlayAnnotation } from './overlay.ts'

const LONGEST_TAG = 40
const FONTS = "'DejaVu Sans', 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"

/** `scale`: PNG pixels per image pixel. Tags are drawn last, so that no outline crosses a text. */
export function overlaySvg(size: Size, scale: number, annotations: readonly OverlayAnnotation[]): string {
  const { width, height } = size
  const unit = Math.max(1, Math.max(width, height) / 800)
  const parts = [
    ...annotations.map((annotation) => outline(annotation, scale, unit)),
    ...annotations.map((annotation) => tag(annotation, size, scale, unit)),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`
}

/** A line in the label's colour on a wider one in black or white: visible on any ground. */
function outline({ box, color, proposed }: OverlayAnnotation, scale: number, unit: number): string {
  const [x, y] = [box.x0 * scale, box.y0 * scale].map((value) => value.toFixed(2))
  const [width, height] = [(box.x1 - box.x0) * scale, (box.y1 - box.y0) * scale].map((value) => Math.max(1, value).toFixed(2))
  const rectangle = (stroke: string, line: number, dash: string) =>
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${stroke}" stroke-width="${line.toFixed(2)}"${dash}/>`
  const dash = proposed ? ` stroke-dasharray="${(unit * 6).toFixed(2)} ${(unit * 4).toFixed(2)}"` : ''
  return rectangle(inkOn(color), unit * 3, dash) + rectangle(color, unit * 1.8, dash)
}

/** Above the box where there is room, else inside its top edge; never past the picture's rim where it fits. */
function tag(annotation: OverlayAnnotation, size: Size, scale: number, unit: number): string {
  const { box, color } = annotation
  const text = tagText(annotation)
  const fontSize = unit * 11
  const height = fontSize * 1.5
  const width = textWidth(text, fontSize) + fontSize * 0.8
  const x = Math.max(0, Math.min(box.x0 * scale, size.width - width))
  const top = box.y0 * scale
  const y = Math.max(0, Math.min(top >= height ? top - height : top, size.height - height))
  const at = (value: number) => value.toFixed(2)
  return (
    `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${color}"/>` +
    `<text x="${at(x + fontSize * 0.4)}" y="${at(y + fontSize * 1.1)}" font-family="${FONTS}" font-size="${at(fontSize)}" ` +
    `xml:space="preserve" fill="${inkOn(color)}">${escapeXml(text)}</text>`
  )
}

function tagText({ label, score }: OverlayAnnotation): string {
  const letters = [...label.replace(/\s+/g, ' ')]
  const name = letters.length > LONGEST_TAG ? `${letters.slice(0, LONGEST_TAG - 1).join('')}…` : letters.join('')
  return score === null ? name : `${name} ${score.toFixed(2)}`
}

/** An upper estimate: East Asian letters and emoji are one em wide, others at most about two thirds. */
function textWidth(text: string, fontSize: number): number {
  let ems = 0
  for (const letter of text) ems += letter.codePointAt(0)! >= 0x1100 && letter !== '…' ? 1 : 0.66
  return ems * fontSize
}

/** Black or white, whichever stands out on the colour (ITU-R BT.601 luma). */
function inkOn(color: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16))
  return 0.299 * red! + 0.587 * green! + 0.114 * blue! > 140 ? '#000000' : '#ffffff'
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Text as XML 1.0 can hold it: markup escaped, control characters and lone surrogates replaced. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter]!)
}
