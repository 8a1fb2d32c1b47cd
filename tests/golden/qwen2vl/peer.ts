/** The same files through transformers.js: the peer our replies and times are held against. */
import { AutoProcessor, env, Qwen2VLForConditionalGeneration, RawImage, type Tensor } from '@huggingface/transformers'
import type { GrounderEntry } from '../../../src/core/inference/qwen2vl/entry.ts'
import type { RgbImage } from '../../../src/core/inference/seams.ts'

env.allowRemoteModels = false

export interface Peer {
  /** Reply tokens, greedily, end token included. */
  ask(image: RgbImage, words: string, maxTokens: number): Promise<number[]>
  release(): Promise<void>
}

export async function openPeer(folder: string, { prompt }: Pick<GrounderEntry, 'prompt'>): Promise<Peer> {
  const processor = await AutoProcessor.from_pretrained(folder, { local_files_only: true })
  const model = await Qwen2VLForConditionalGeneration.from_pretrained(folder, { local_files_only: true, dtype: 'fp32', device: 'cpu' })
  const system = prompt.system === undefined ? [] : [{ role: 'system', content: prompt.system }]
  return {
    async ask(image, words, maxTokens) {
      const user = { role: 'user', content: [{ type: 'image' }, { type: 'text', text: prompt.user.replace('{words}', () => words) }] }
      const text = processor.apply_chat_template([...system, user] as never, { add_generation_prompt: true })
      const inputs = await processor(text, new RawImage(new Uint8ClampedArray(image.data), image.width, image.height, 3))
      const output = (await model.generate({ ...inputs, max_new_tokens: maxTokens, do_sample: false })) as Tensor
      const length: number = inputs.input_ids.dims[1]
      return [...(output.data as BigInt64Array)].slice(length).map(Number)
    },
    release: async () => {
      await model.dispose()
    },
  }
}
