import type { Format } from '../dataset.ts'
import { labelmeReader } from './read.ts'
import { labelmeWriter } from './write.ts'

export const labelme: Format = { reads: labelmeReader, writes: labelmeWriter }
