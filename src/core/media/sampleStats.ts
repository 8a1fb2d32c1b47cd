/** How often each 16-bit value occurs, and what that says about windows. */
import type { SampleStats, SampleWindow } from '../../shared/pictures.ts'
import type { Image16 } from './decode.ts'

const VALUES = 65536
/** Share of the values left out at either end of the percentile window. */
const TAIL = 0.01

/** Counts colour samples, part after part; those of fully transparent pixels do not count, as in `toDisplay8`. */
export class SampleHistogram {
  readonly #counts = new Float64Array(VALUES)

  add({ channels, data }: Image16): void {
    const hasAlpha = channels === 2 || channels === 4
    const colours = hasAlpha ? channels - 1 : channels
    for (let pixel = 0; pixel < data.length; pixel += channels) {
      if (hasAlpha && data[pixel + colours] === 0) continue
      for (let at = pixel; at < pixel + colours; at++) this.#counts[data[at]!]!++
    }
  }

  stats(bits: number): SampleStats {
    const total = this.#counts.reduce((sum, count) => sum + count, 0)
    return {
      bits,
      range: windowOver(this.#valueAt(1), this.#valueAt(total)),
      percentiles: windowOver(this.#valueAt(total * TAIL), this.#valueAt(total * (1 - TAIL))),
    }
  }

  /** The smallest value that `rank` samples do not pass. */
  #valueAt(rank: number): number {
    let sum = 0
    for (let value = 0; value < VALUES; value++) {
      sum += this.#counts[value]!
      if (sum >= rank && sum > 0) return value
    }
    return 0
  }
}

/** The window that leaves out 1 % of the values at either end. */
export function percentilesOf(image: Image16): SampleWindow {
  const histogram = new SampleHistogram()
  histogram.add(image)
  return histogram.stats(16).percentiles
}

/** At least one step wide. */
function windowOver(low: number, high: number): SampleWindow {
  if (high > low) return { low, high }
  return low < VALUES - 1 ? { low, high: low + 1 } : { low: low - 1, high: low }
}
