import type { Format } from '../dataset.ts'
import { masksReader } from './read.ts'
import { masksWriter } from './write.ts'

export const masks: Format = { reads: masksReader, writes: masksWriter }
