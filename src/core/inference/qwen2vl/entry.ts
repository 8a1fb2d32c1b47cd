/** What the manifest knows about a Qwen2-VL that its own files do not say. */
import type { GrounderEntry as ManifestEntry } from '../../models/manifest.ts'

/**
 * What the numbers in a reply mean:
 * - relative-1000: thousandths of the image's sides (Qwen2-VL, arXiv 2409.12191 section 2.2.1; Qwen3-VL)
 * - resized-pixels: pixels of the image as the model saw it (Qwen2.5-VL)
 * - relative-1: fractions of the image's sides
 */
export type CoordinateConvention = ManifestEntry['coordinates']

/** The part of a manifest entry that is used here; bounds on pixels replace those of preprocessor_config.json. */
export type GrounderEntry = Pick<ManifestEntry, 'id' | 'coordinates' | 'prompt'> & Partial<Pick<ManifestEntry, 'minPixels' | 'maxPixels'>>
