/** Colours that stay apart for colour-blind eyes: Okabe & Ito (2008) without black, then Paul Tol's "muted" set. */
export const PALETTE = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#88ccee',
  '#44aa99',
  '#999933',
  '#ddcc77',
  '#cc6677',
  '#882255',
  '#aa4499',
  '#117733',
  '#332288',
] as const

/** The first colour not in use; once all are, the least used. */
export function nextColor(used: readonly string[]): string {
  const uses = (color: string) => used.filter((other) => other === color).length
  return PALETTE.reduce((best, color) => (uses(color) < uses(best) ? color : best))
}
