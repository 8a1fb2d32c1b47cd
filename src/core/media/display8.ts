/** From samples of any depth to the 8 bits that models and screens take. */
import type { SampleWindow } from '../../shared/pictures.ts'
import type { RgbImage } from '../inference/seams.ts'

const ALPHA_MAX = 65535

/** Interleaved, row-major samples of any number type: 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA; alpha runs 0..65535. */
export interface DeepImage {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint16Array | Float32Array
}

/** As a DeepImage, 0..255 a sample. */
export interface Image8 {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array
}

/**
 * The one rule for showing deep pictures: "low" of the window and below becomes 0, "high" and above 255, linear between,
 * rounded half up. One window for all colour channels, so that hues hold; without one the full range and not percentiles, so
 * that nothing bright or dark enough to be an object is clipped and the same file always looks the same. Fully transparent
 * pixels and values that are not finite do not count for the range (the latter show as 0). A picture of one single value
 * shows as 0. Alpha is laid on white, as the reference code of Qwen2-VL does (qwen_vl_utils, to_rgb).
 */
export function toDisplay8(image: DeepImage, window?: SampleWindow): RgbImage {
  const { width, height, channels, data } = image
  const hasAlpha = channels === 2 || channels === 4
  const colours = hasAlpha ? channels - 1 : channels
  const { low, high } = window ?? rangeOf(data, channels, colours)
  const range = high > low ? high - low : Infinity
  const rgb = new Uint8Array(width * height * 3)
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const alpha = hasAlpha ? data[from + colours]! / ALPHA_MAX : 1
    for (let channel = 0; channel < 3; channel++) {
      const value = data[from + (colours >= 3 ? channel : 0)]!
      const shown = Number.isFinite(value) ? ((Math.min(Math.max(value, low), high) - low) * 255) / range : 0
      rgb[to + channel] = Math.floor(shown * alpha + 255 * (1 - alpha) + 0.5)
    }
  }
  return { width, height, data: rgb }
}

/**
 * 16-bit samples through a window, for the screen; channels stay, alpha too. An opaque picture looks as `toDisplay8` gives it
 * to the models through the same window.
 */
export function throughWindow(image: DeepImage & { readonly data: Uint16Array }, { low, high }: SampleWindow): Image8 {
  const { width, height, channels, data } = image
  const shown = Uint8Array.from({ length: 65536 }, (_, value) => {
    return Math.floor((Math.min(Math.max(value - low, 0), high - low) * 255) / (high - low) + 0.5)
  })
  const out = new Uint8Array(data.length)
  for (let at = 0; at < data.length; at++) out[at] = shown[data[at]!]!
  if (channels % 2 === 0) for (let at = channels - 1; at < data.length; at += channels) out[at] = Math.round(data[at]! / 257)
  return { width, height, channels, data: out }
}

/** Smallest and largest finite colour value among pixels that can be seen. */
function rangeOf(data: DeepImage['data'], channels: number, colours: number): SampleWindow {
  let low = Infinity
  let high = -Infinity
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    if (colours < channels && data[pixel + colours] === 0) continue
    for (let at = pixel; at < pixel + colours; at++) {
      const value = data[at]!
      if (!Number.isFinite(value)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return { low, high }
}
