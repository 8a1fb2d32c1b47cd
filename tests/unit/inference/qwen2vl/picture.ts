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
