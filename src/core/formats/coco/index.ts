import type { Format } from '../dataset.ts'
import { cocoReader } from './read.ts'
import { cocoWriter } from './write.ts'

export const coco: Format = { reads: cocoReader, writes: cocoWriter }
