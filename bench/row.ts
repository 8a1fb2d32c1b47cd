/** What a part of the bench reports: one line of the table each. */

export interface Measured {
  readonly what: string
  readonly ours: string
  readonly peer: string
  /** How many times better ours is; the point of the line. */
  readonly ratio: number
  /** The least ratio that is good enough; null for what is shown beside the row it is a part of, or has no peer that does the same. */
  readonly aim: number | null
}

export interface Skipped {
  readonly what: string
  /** What is missing here. */
  readonly skipped: string
}

export type Row = Measured | Skipped

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
