/** Masks painted over one another. */
import type { Runs } from '../../../../shared/rle.ts'

/** Sets the foreground of column-major runs in row-major pixels of the same size. */
export function paintRuns(pixels: Uint8Array | Uint32Array, { width, height, counts }: Runs, value: number): void {
  for (let i = 1, at = counts[0]!; i < counts.length; i += 2) {
    for (const end = at + counts[i]!; at < end; at++) pixels[(at % height) * width + Math.floor(at / height)] = value
    at += counts[i + 1] ?? 0
  }
}
