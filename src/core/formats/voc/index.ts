import type { Format } from '../dataset.ts'
import { vocReader } from './read.ts'
import { vocWriter } from './write.ts'

export const voc: Format = { reads: vocReader, writes: vocWriter }
