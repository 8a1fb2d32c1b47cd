import type { Format } from '../dataset.ts'
import { vocWriter } from './write.ts'

export const voc: Format = { reads: null, writes: vocWriter }
