/** Where models live on disk, and what a folder of model files is. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { ModelKind } from './manifest.ts'

/** `MARQUEE_MODELS`, or the platform's folder for data of programs. */
export function modelsFolder(environment: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const chosen = environment['MARQUEE_MODELS']
  if (chosen) return chosen
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Marquee', 'models')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Marquee', 'models')
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'marquee', 'models')
}

/** Any precision: `<name>.onnx`, `<name>_fp16.onnx`, ... in `onnx/` or beside config.json. */
function hasGraph(folder: string, name: string): boolean {
  const graph = new RegExp(`^${name}(_[a-z0-9]+)?\\.onnx$`)
  return [join(folder, 'onnx'), folder].some((place) => existsSync(place) && readdirSync(place).some((file) => graph.test(file)))
}

function modelType(folder: string): string | null {
  try {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { model_type?: unknown }
    return typeof config.model_type === 'string' ? config.model_type : null
  } catch {
    return null
  }
}

/**
 * What the files of a folder are: a Qwen2-VL (three graphs of the onnx-community layout) or a SAM 2 (onnx-community's
 * or samexporter's pair).
 * @throws AppError model-missing (no such folder), model-invalid (what is missing or wrong)
 */
export function recogniseFolder(folder: string): ModelKind {
  if (!existsSync(folder)) throw new AppError('model-missing', `There is no folder ${folder}. Check the path.`, { folder })
  if (!statSync(folder).isDirectory()) throw new AppError('model-invalid', `${folder} is a file. Pass the folder that holds config.json and the .onnx files.`, { folder })
  const samexporter = ['encoder.onnx', 'decoder.onnx'].every((end) => readdirSync(folder).some((name) => name.endsWith(end)))
  if (samexporter || hasGraph(folder, 'prompt_encoder_mask_decoder')) return 'segmenter'
  const type = modelType(folder)
  if (type !== null && type !== 'qwen2_vl')
    throw new AppError('model-invalid', `The model in ${folder} is of the kind "${type}". Words to boxes need a Qwen2-VL (qwen2_vl), masks a SAM 2.`, { folder, type })
  const needed = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'].filter((name) => !hasGraph(folder, name)).map((name) => `${name}*.onnx`)
  needed.push(...['config.json', 'preprocessor_config.json', 'tokenizer.json'].filter((name) => !existsSync(join(folder, name))))
  if (needed.length === 0) return 'grounder'
  throw new AppError('model-invalid', `${folder} holds neither a Qwen2-VL nor a SAM 2 in the onnx-community layout. For a Qwen2-VL it lacks ${needed.join(', ')}.`, { folder })
}
