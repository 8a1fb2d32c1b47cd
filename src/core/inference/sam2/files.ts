/** Which files in a folder are the two graphs of a SAM 2, and the hash of them all. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { graphFile } from '../sessions.ts'

export type Sam2Files = Readonly<Record<'encoder' | 'decoder', string>>

function graphsIn(folder: string): string[] {
  return [folder, join(folder, 'onnx')]
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).filter((name) => name.endsWith('.onnx')).sort().map((name) => join(place, name)))
}

/**
 * The encoder and decoder graphs: `vision_encoder` and `prompt_encoder_mask_decoder` (onnx-community), or the only
 * `*encoder*.onnx` and `*decoder*.onnx` of the folder (samexporter: sam2_hiera_tiny.encoder.onnx).
 * @throws AppError model-missing naming what was looked for, model-invalid where it isn't clear which file is meant
 */
export function sam2Files(folder: string): Sam2Files {
  const graphs = graphsIn(folder)
  if (graphs.some((file) => basename(file).startsWith('vision_encoder')))
    return { encoder: graphFile(folder, 'vision_encoder'), decoder: graphFile(folder, 'prompt_encoder_mask_decoder') }
  const decoders = graphs.filter((file) => basename(file).includes('decoder'))
  const encoders = graphs.filter((file) => basename(file).includes('encoder') && !decoders.includes(file))
  if (encoders.length > 1 || decoders.length > 1)
    throw new AppError('model-invalid', `${folder} holds several SAM 2 models. Give each one its own folder.`, { folder })
  const [encoder] = encoders
  const [decoder] = decoders
  if (encoder === undefined || decoder === undefined) {
    const wanted = 'vision_encoder.onnx and prompt_encoder_mask_decoder.onnx, or *.encoder.onnx and *.decoder.onnx'
    throw new AppError('model-missing', `No SAM 2 in ${folder}: looked for ${wanted}. Install the model again.`, { folder })
  }
  return { encoder, decoder }
}

/** The graph and the files of weights beside it (`<name>.onnx_data`, `<name>.onnx_data_1`, `<name>.onnx.data`). */
function withExternalData(graph: string): string[] {
  const name = basename(graph)
  return readdirSync(dirname(graph)).filter((file) => file.startsWith(name)).sort().map((file) => join(dirname(graph), file))
}

/** SHA-256, hex, over both graphs and their weights. */
export async function sam2Hash(files: Sam2Files): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [files.encoder, files.decoder].flatMap(withExternalData))
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
