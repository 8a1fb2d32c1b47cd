import type { Format } from '../dataset.ts'
import { yoloReader } from './read.ts'

export const yolo: Format = { reads: yoloReader, writes: null }
