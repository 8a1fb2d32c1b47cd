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

/** The prompt that last found objects for this label, as it is typed: `person = pedestrian`; the label's name when there was none. */
export function promptFor(label: string, history: readonly string[]): string {
  const words = history.flatMap(parsePrompts).find((prompt) => prompt.label === label)?.words ?? label
  return words === label ? label : `${words} = ${label}`
}
