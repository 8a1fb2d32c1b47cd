import type { Format } from '../dataset.ts'
import { qwenVlReader } from './read.ts'
import { qwenVlWriter } from './write.ts'

export const qwenVl: Format = { reads: qwenVlReader, writes: qwenVlWriter }
