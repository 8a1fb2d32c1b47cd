/** The prompt bar's text: prompts separated by commas, each `words` or `words=label`. */
import type { Prompt } from '../../shared/model.ts'

/** Prompts in order, empty ones left out; without `=` the words are the label. The comma may be a Chinese one. */
export function parsePrompts(text: string): Prompt[] {
  return text
    .split(/[,，;；\n]/)
    .map((part) => {
      const at = part.search(/[=＝]/)
      const words = (at < 0 ? part : part.slice(0, at)).trim()
      const label = at < 0 ? '' : part.slice(at + 1).trim()
      return { words, label: label === '' ? words : label }
    })
    .filter(({ words }) => words !== '')
}
