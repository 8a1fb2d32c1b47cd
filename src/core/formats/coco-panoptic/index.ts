import type { Format } from '../dataset.ts'
import { cocoPanopticReader } from './read.ts'
import { cocoPanopticWriter } from './write.ts'

export const cocoPanoptic: Format = { reads: cocoPanopticReader, writes: cocoPanopticWriter }
