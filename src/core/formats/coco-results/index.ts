import type { Format } from '../dataset.ts'
import { cocoResultsReader } from './read.ts'
import { cocoResultsWriter } from './write.ts'

export const cocoResults: Format = { reads: cocoResultsReader, writes: cocoResultsWriter }
