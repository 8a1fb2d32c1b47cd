/** Prompts as they are typed: `words`, or `words=label`. */
import { AppError } from '../shared/errors.ts'
import type { Prompt } from '../shared/model.ts'

/** @throws AppError invalid-argument for a side of `=` that is empty */
export function parsePrompt(text: string): Prompt {
  const at = text.lastIndexOf('=')
  const words = (at < 0 ? text : text.slice(0, at)).trim()
  const label = at < 0 ? words : text.slice(at + 1).trim()
  if (words === '' || label === '')
    throw new AppError('invalid-argument', `--prompt "${text}" needs words on both sides of "=", e.g. --prompt "bright lesion=tumour".`)
  return { words, label }
}
