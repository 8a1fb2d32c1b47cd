/** The chat template for one image and one question, as token ids. */
import { Tokenizer } from '@huggingface/tokenizers'
import { AppError } from '../../../shared/errors.ts'
import type { Qwen2VlConfig } from './config.ts'
import type { GrounderEntry } from './entry.ts'

/** What the chat template puts when a conversation does not begin with a system message. */
const DEFAULT_SYSTEM = 'You are a helpful assistant.'
const IMAGE = '<|vision_start|><|image_pad|><|vision_end|>'
const PLACE = '{words}'

export class Prompter {
  readonly #tokenizer: Tokenizer
  readonly #imageToken: number
  readonly #special: readonly string[]
  readonly #before: string
  readonly #template: readonly string[]
  readonly #lowercase: boolean

  /** @throws AppError model-invalid when the manifest's prompt has no {words}, or the tokenizer another image token */
  constructor(config: Qwen2VlConfig, { prompt, id }: GrounderEntry) {
    this.#tokenizer = new Tokenizer(config.tokenizer, config.tokenizerConfig)
    this.#imageToken = config.imageToken
    this.#special = [...this.#tokenizer.get_added_tokens_decoder().values()].map((token) => token.content)
    const text = `<|im_start|>system\n${prompt.system ?? DEFAULT_SYSTEM}<|im_end|>\n<|im_start|>user\n${IMAGE}${prompt.user}<|im_end|>\n<|im_start|>assistant\n`
    this.#template = text.split(PLACE)
    this.#lowercase = prompt.lowercase ?? false
    this.#before = this.#template[0]!
    if (this.#template.length < 2) throw new AppError('model-invalid', `The prompt of ${id} has no ${PLACE}: nothing could be asked.`, { id })
    if (this.#encode(IMAGE)[1] !== config.imageToken)
      throw new AppError('model-invalid', `tokenizer.json and config.json of ${id} disagree on <|image_pad|>. Install the model again.`, { id })
  }

  /** The prompt up to the words: what all questions on one image share. */
  prefix(imageTokens: number): number[] {
    return this.#spread(this.#encode(this.#before), imageTokens)
  }

  /** The whole prompt. @throws AppError invalid-argument when the words hold one of the model's control tokens */
  full(words: string, imageTokens: number): number[] {
    const token = this.#special.find((special) => words.includes(special))
    if (token !== undefined) throw new AppError('invalid-argument', `"${token}" is a control token of the model: leave it out of the words.`)
    const asked = this.#lowercase ? words.toLowerCase() : words
    return this.#spread(this.#encode(this.#template.join(asked)), imageTokens)
  }

  /** Verbatim, special tokens included. */
  decode(tokens: readonly number[]): string {
    return tokens.length === 0 ? '' : this.#tokenizer.decode([...tokens], { skip_special_tokens: false, clean_up_tokenization_spaces: false })
  }

  #encode(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids
  }

  /** One image token in the text stands for as many as the image has. */
  #spread(ids: readonly number[], imageTokens: number): number[] {
    return ids.flatMap((id) => (id === this.#imageToken ? new Array<number>(imageTokens).fill(id) : id))
  }
}
