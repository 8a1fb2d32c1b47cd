/** Which files make up one Qwen2-VL, and the hash of them all. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { graphFile } from '../sessions.ts'

export type GraphName = 'vision' | 'embed' | 'decoder'

/** The three graphs of the onnx-community layout. @throws AppError model-missing naming what was looked for */
export function graphFiles(folder: string): Record<GraphName, string> {
  return {
    vision: graphFile(folder, 'vision_encoder'),
    embed: graphFile(folder, 'embed_tokens'),
    decoder: graphFile(folder, 'decoder_model_merged'),
  }
}

/** A graph and the weights beside it: `<graph>`, `<graph>_data`, `<graph>_data_1`, ... */
function withWeights(graph: string): string[] {
  const names = readdirSync(dirname(graph)).filter((name) => name.startsWith(basename(graph)))
  return names.sort().map((name) => join(dirname(graph), name))
}

/** Bytes of all graphs and their weights. */
export function modelBytes(graphs: Readonly<Record<GraphName, string>>): number {
  return Object.values(graphs).flatMap(withWeights).reduce((sum, file) => sum + statSync(file).size, 0)
}

const JSON_FILES = ['config.json', 'generation_config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json']

/** SHA-256, hex, over graphs, weights and json files. The prompt is not in it: replies are kept by prompt as well. */
export async function modelHash(folder: string, graphs: Readonly<Record<GraphName, string>>): Promise<string> {
  const hash = createHash('sha256')
  const json = JSON_FILES.map((name) => join(folder, name)).filter((file) => existsSync(file))
  for (const file of [...Object.values(graphs).flatMap(withWeights), ...json])
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
