import type { Format } from '../dataset.ts'
import { yoloReader } from './read.ts'
import { yoloWriter } from './write.ts'

export const yolo: Format = { reads: yoloReader, writes: yoloWriter }
