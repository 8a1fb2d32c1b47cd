/** 8-bit PNG files whose pixels are class or object numbers. */
import { encode } from 'fast-png'
import type { Size } from '../../../../shared/geometry.ts'
import { VOC_PALETTE } from './palette.ts'

/** `pixels` row-major, one number a pixel; colour type 3 with all 256 colours of VOC. */
export function encodeIndexedPng(pixels: Uint8Array, { width, height }: Size): Uint8Array {
  const palette = VOC_PALETTE.map((color) => [...color])
  return encode({ width, height, data: pixels, depth: 8, channels: 1, palette })
}
