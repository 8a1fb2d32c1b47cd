/** Colours of the window's theme, for drawing. */
export interface CanvasTheme {
  readonly accent: string
  readonly proposal: string
}

export function readTheme(element: HTMLElement): CanvasTheme {
  const style = getComputedStyle(element)
  const of = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise
  return { accent: of('--accent', '#3d8bfd'), proposal: of('--proposal', '#ffa94d') }
}

/** Calls back when the theme may have become another one; returns what ends it. */
export function watchTheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange)
  observer.observe(document.documentElement, { attributes: true })
  return () => observer.disconnect()
}

/** [red, green, blue] of '#rrggbb', 0..255. */
export function rgbOf(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** Black or white, whichever is read better on a colour (WCAG relative luminance, without the gamma step). */
export function textOn(color: string): string {
  const [red, green, blue] = rgbOf(color)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 110 ? '#111' : '#fff'
}
