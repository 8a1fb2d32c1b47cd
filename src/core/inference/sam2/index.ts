/** SAM 2 (Ravi et al. 2024, arXiv 2408.00714) on onnxruntime-node, behind the Segmenter seam: boxes and clicks -> masks. */
import { basename } from 'node:path'
import type * as ort from 'onnxruntime-node'
import { AppError, throwIfAborted } from '../../../shared/errors.ts'
import type { RgbImage, SegmentationSession, Segmenter } from '../seams.ts'
import { openSessions, type OpenedSessions } from '../sessions.ts'
import { decodePrompts } from './decode.ts'
import { sam2Files, sam2Hash } from './files.ts'
import type { Layout, Sam2Sessions } from './layout.ts'
import { onnxCommunity } from './onnxCommunity.ts'
import { pixelValues, readPreprocessing, type Preprocessing } from './preprocess.ts'
import { samexporter } from './samexporter.ts'

export interface Sam2Segmenter extends Segmenter {
  /** Devices tried before the bound one, with the reason each was refused. */
  readonly refused: OpenedSessions<string>['refused']
}

/** What each layout's decoder must take; the first that fits is used. */
const LAYOUTS: readonly (readonly [Layout, readonly string[]])[] = [
  [onnxCommunity, ['input_points', 'input_labels', 'input_boxes']],
  [samexporter, ['image_embed', 'high_res_feats_0', 'point_coords', 'point_labels', 'mask_input', 'has_mask_input']],
]

/** The layout of an opened model and its numbers; releases the sessions where it is none that is known. */
async function identify(sessions: Sam2Sessions, folder: string): Promise<{ layout: Layout; preprocessing: Preprocessing }> {
  try {
    return { layout: recognise(sessions.decoder, folder), preprocessing: readPreprocessing(folder, sessions.encoder) }
  } catch (error) {
    await release(sessions)
    throw error
  }
}

async function release({ encoder, decoder }: Sam2Sessions): Promise<void> {
  await encoder.release()
  await decoder.release()
}

function recognise(decoder: ort.InferenceSession, folder: string): Layout {
  const [layout] = LAYOUTS.find(([, inputs]) => inputs.every((name) => decoder.inputNames.includes(name))) ?? []
  if (layout !== undefined) return layout
  const names = decoder.inputNames.join(', ')
  throw new AppError('model-invalid', `The decoder in ${folder} takes ${names}: no known export. Use onnx-community or samexporter.`)
}

/**
 * Opens the SAM 2 in a folder, in the onnx-community or the samexporter layout (told apart by tensor names), on the first
 * device that takes it. Sizes are read from the graphs and preprocessor_config.json.
 * @param devices execution providers, in the order to try
 * @throws AppError model-missing, model-invalid, device-unavailable
 */
export async function openSam2(folder: string, devices: readonly string[], threads?: number): Promise<Sam2Segmenter> {
  const files = sam2Files(folder)
  const { sessions, device, refused } = await openSessions(files, devices, threads)
  const { layout, preprocessing } = await identify(sessions, folder)

  async function open(image: RgbImage, signal?: AbortSignal): Promise<SegmentationSession> {
    throwIfAborted(signal)
    const start = performance.now()
    const embeddings = await layout.encode(sessions, pixelValues(image, preprocessing))
    const encoded = { embeddings, image: { width: image.width, height: image.height }, modelSize: preprocessing.size }
    return {
      encodeMs: performance.now() - start,
      segment: (prompts, signal) => decodePrompts(layout, sessions, encoded, prompts, signal),
    }
  }

  return {
    name: `SAM 2 (${basename(folder)})`,
    hash: await sam2Hash(files),
    device,
    refused,
    open,
    release: () => release(sessions),
  }
}
