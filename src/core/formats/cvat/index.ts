import type { Format } from '../dataset.ts'
import { cvatReader } from './read.ts'
import { cvatWriter } from './write.ts'

export const cvat: Format = { reads: cvatReader, writes: cvatWriter }
