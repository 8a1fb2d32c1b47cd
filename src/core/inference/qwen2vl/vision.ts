/** The vision graph: patches -> one feature row per merged image token. */
import * as ort from 'onnxruntime-node'
import { AppError } from '../../../shared/errors.ts'
import { floatTensor, floatType, toFloat32 } from './floats.ts'
import type { Patches } from './preprocess.ts'

/** Qwen2-VL's export calls it grid_thw, Qwen2.5-VL's and Qwen3-VL's image_grid_thw. */
const GRID_NAMES = ['grid_thw', 'image_grid_thw']

/** [merged tokens, hidden] float32. @throws AppError model-invalid when the graph takes other inputs */
export async function imageFeatures(session: ort.InferenceSession, patches: Patches): Promise<Float32Array> {
  const grid = GRID_NAMES.find((name) => session.inputNames.includes(name))
  if (grid === undefined)
    throw new AppError('model-invalid', `The vision graph takes ${session.inputNames.join(', ')}: neither ${GRID_NAMES.join(' nor ')}.`)
  const { pixelValues, patchLength } = patches
  const type = floatType(session.inputMetadata, 'pixel_values')
  const outputs = await session.run({
    pixel_values: floatTensor(type, pixelValues, [pixelValues.length / patchLength, patchLength]),
    [grid]: new ort.Tensor('int64', BigInt64Array.from(patches.grid, BigInt), [1, 3]),
  })
  return toFloat32(outputs[session.outputNames[0]!]!)
}
