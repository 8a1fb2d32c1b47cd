/** A label remembers the words that found it, so that one click asks for it again. */
import type { LabelRow, PromptAnswer } from '../../../shared/appContract.ts'
import { wordsByLabel } from './prompts.ts'
import { settings } from '../settings.ts'

/** What found something is kept for the labels there are. */
export function keepWords(answers: readonly PromptAnswer[], labels: readonly LabelRow[]): void {
  for (const [name, words] of wordsByLabel(answers)) {
    const label = labels.find((other) => other.name === name)
    if (label) setWords(label, words)
  }
}

/** Without words the label's name is asked for. */
export function setWords({ id }: LabelRow, words: string): void {
  const text = words.trim()
  settings.setState(({ labelPrompts }) => {
    const others = Object.entries(labelPrompts).filter(([other]) => other !== String(id))
    return { labelPrompts: Object.fromEntries(text === '' ? others : [...others, [String(id), text]]) }
  })
}
