import type { Format } from '../dataset.ts'
import { cocoWriter } from './write.ts'

export const coco: Format = { reads: null, writes: cocoWriter }
