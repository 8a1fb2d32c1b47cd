import type { RgbImage } from '../../../../src/core/inference/seams.ts'

/** Waves, edges and grain: the same formula as `picture` in tests/golden/qwen2vl/make_goldens.py. */
export function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  let at = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        data[at++] = x * (3 + c) + y * (5 - c) + ((Math.floor(x / 17) + Math.floor(y / 23)) % 3) * 70 + ((x * y * (c + 1)) % 29)
  return { width, height, data }
}

/** A red disc and a blue square on a shaded ground: the same as `shapes` in make_goldens.py. */
export function shapes(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  const part = (length: number, of: number, parts: number) => Math.floor((length * of) / parts)
  const side = Math.min(width, height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const disc = (x - part(width, 3, 10)) ** 2 + (y - part(height, 7, 20)) ** 2 < part(side, 3, 20) ** 2
      const square = Math.max(Math.abs(x - part(width, 7, 10)), Math.abs(y - part(height, 13, 20))) < part(side, 3, 25)
      const ground = [120 + part(x, 40, width), 130, 140 - part(y, 40, height)]
      data.set(square ? [41, 98, 214] : disc ? [214, 48, 49] : ground, (y * width + x) * 3)
    }
  return { width, height, data }
}
