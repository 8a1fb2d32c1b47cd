/** Image pixels to the encoder's input, as Sam2ImageProcessor makes it: resized regardless of aspect, scaled, normalised. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { resizeLikePillow } from '../../media/resize.ts'
import type { RgbImage } from '../seams.ts'

export interface Preprocessing {
  /** Side of the square the encoder takes, model pixels. */
  readonly size: number
  /** Per channel R, G, B, of values 0..1. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

const Config = z.object({
  size: z.object({ height: z.number(), width: z.number() }).optional(),
  image_mean: z.array(z.number()).length(3).optional(),
  image_std: z.array(z.number()).length(3).optional(),
})

/** The numbers of sam2/utils/transforms.py, for folders without a preprocessor_config.json. */
const DEFAULTS: Preprocessing = { size: 1024, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

function readConfig(folder: string): z.infer<typeof Config> {
  const file = join(folder, 'preprocessor_config.json')
  if (!existsSync(file)) return {}
  try {
    return Config.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new AppError('model-invalid', `${file} is damaged. Install the model again.`, { file }, error)
  }
}

/**
 * Numbers of the model in `folder`: the side the graph itself declares wins over preprocessor_config.json.
 * @param encoder whose first input is [1, 3, S, S]
 * @throws AppError model-invalid for damaged json or an input that isn't float32
 */
export function readPreprocessing(folder: string, encoder: ort.InferenceSession): Preprocessing {
  const input = encoder.inputMetadata[0]!
  if (!input.isTensor || input.type !== 'float32')
    throw new AppError('model-invalid', `The encoder in ${folder} takes no float32 pixels. Install another export of the model.`)
  const config = readConfig(folder)
  const declared = input.shape[2]
  return {
    size: typeof declared === 'number' && declared > 0 ? declared : (config.size?.width ?? DEFAULTS.size),
    mean: config.image_mean ?? DEFAULTS.mean,
    std: config.image_std ?? DEFAULTS.std,
  }
}

/** RGB image -> float32 [1, 3, size, size], channels first, normalised. Bilinear with antialiasing, as Pillow resizes. */
export function pixelValues(image: RgbImage, { size, mean, std }: Preprocessing): ort.Tensor {
  const { data } = resizeLikePillow(image, size, size, 'bilinear')
  const plane = size * size
  const values = new Float32Array(3 * plane)
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * std[channel]!)
    const shift = mean[channel]! / std[channel]!
    for (let i = 0; i < plane; i++) values[channel * plane + i] = data[3 * i + channel]! * scale - shift
  }
  return new ort.Tensor('float32', values, [1, 3, size, size])
}
