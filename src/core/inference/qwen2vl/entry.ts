/** What the manifest knows about a Qwen2-VL that its own files do not say. */

/**
 * What the numbers in a reply mean:
 * - relative-1000: thousandths of the image's sides (Qwen2-VL, arXiv 2409.12191 section 2.2.1; Qwen3-VL)
 * - resized-pixels: pixels of the image as the model saw it (Qwen2.5-VL)
 * - relative-1: fractions of the image's sides
 */
export type CoordinateConvention = 'relative-1000' | 'resized-pixels' | 'relative-1'

export interface GrounderEntry {
  readonly id: string
  readonly coordinates: CoordinateConvention
  /** `user` holds `{words}` where the person's words go; without `system` the chat template's own line is used. */
  readonly prompt: { readonly system?: string; readonly user: string }
}
