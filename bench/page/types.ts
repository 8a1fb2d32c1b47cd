/** What the bench and its pages tell each other. */

export interface MaskTimes {
  /** From the move of the mouse to the frame with the new mask, ms. */
  readonly total: number
  /** Until the models were asked, ms. */
  readonly asked: number
  /** From there to their answer, ms. */
  readonly answered: number
  /** What the decode took of that, as the engine says, ms. */
  readonly decode: number
}

export interface PeerScene {
  /** Flat rings [x0, y0, x1, y1, ...] in image pixels. */
  readonly rings: readonly (readonly number[])[]
  /** #rrggbb, taken in turn. */
  readonly colours: readonly string[]
  /** A data URL. */
  readonly picture: string
  readonly width: number
  readonly height: number
  /** Where the picture lies on the stage: screen = image * scale + offset. */
  readonly scale: number
  readonly x: number
  readonly y: number
}
