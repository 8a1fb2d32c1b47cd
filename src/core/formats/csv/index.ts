import type { Format } from '../dataset.ts'
import { csvReader } from './read.ts'
import { csvWriter } from './write.ts'

export const csv: Format = { reads: csvReader, writes: csvWriter }
