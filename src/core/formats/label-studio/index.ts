import type { Format } from '../dataset.ts'
import { labelStudioReader } from './read.ts'
import { labelStudioWriter } from './write.ts'

export const labelStudio: Format = { reads: labelStudioReader, writes: labelStudioWriter }
