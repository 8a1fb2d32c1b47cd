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

/** Gives the first colour not in use; once all are, the least used. */
export class ColorPicker {
  readonly #uses = new Map<string, number>(PALETTE.map((color) => [color, 0]))

  constructor(used: readonly string[]) {
    for (const color of used) this.#use(color)
  }

  next(): string {
    const color = PALETTE.reduce((best, one) => (this.#uses.get(one)! < this.#uses.get(best)! ? one : best))
    this.#use(color)
    return color
  }

  #use(color: string): void {
    const uses = this.#uses.get(color)
    if (uses !== undefined) this.#uses.set(color, uses + 1)
  }
}
