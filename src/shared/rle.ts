/** A binary image, row-major: data[y * width + x] is 0 or 1. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}
