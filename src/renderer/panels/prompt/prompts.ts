/** The prompt bar's text: prompts separated by commas, each `words` or `words=label`. */
import type { Prompt } from '../../../shared/model.ts'

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

/** A label's words as they are typed into the prompt bar: `person, man` for pedestrian is `person = pedestrian, man = pedestrian`. */
export function promptFor(label: string, words: string = label): string {
  const prompts = parsePrompts(words).map((prompt) => (prompt.words === label ? label : `${prompt.words} = ${label}`))
  return prompts.length > 0 ? prompts.join(', ') : label
}

/** The words of answers that found something, by label. */
export function wordsByLabel(answers: readonly { readonly words: string; readonly label: string; readonly found: number }[]): Map<string, string> {
  const found = Map.groupBy(answers.filter((answer) => answer.found > 0), ({ label }) => label)
  return new Map([...found].map(([label, own]) => [label, own.map(({ words }) => words).join(', ')]))
}
