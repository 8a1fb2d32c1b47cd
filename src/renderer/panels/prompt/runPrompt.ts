/** Asks the models what the prompt bar says, about the image that is open. */
import type { LabelRow } from '../../../shared/appContract.ts'
import type { Editor } from '../../editor/index.ts'
import { keepWords } from './labelPrompts.ts'
import { parsePrompts, promptFor } from './prompts.ts'
import { rememberPrompt, settings } from '../settings.ts'
import { focusPrompt, windowState } from '../windowState.ts'

/** Without words the prompt bar takes the focus instead. */
export function runPrompt(editor: Editor): void {
  const { prompt, history, grid, minScore } = settings.getState()
  const prompts = parsePrompts(prompt)
  if (prompts.length === 0) return focusPrompt()
  settings.setState({ history: rememberPrompt(history, prompt) })
  windowState.setState({ prompted: true, wordsPopover: false, askedImage: editor.state.image?.id ?? null })
  void editor.propose(prompts, { grid: grid ? 'both' : 'off', minScore }).then(() => keepWords(editor.state.run.answers, editor.state.labels))
}

/** The words a label was found by, else its name, about the image that is open. */
export function askForLabel(editor: Editor, { id, name }: LabelRow): void {
  settings.setState(({ labelPrompts }) => ({ prompt: promptFor(name, labelPrompts[String(id)]) }))
  runPrompt(editor)
}

/** "Run on arrival": an image without annotations gets the prompt as soon as it is shown. */
export function runOnArrival(editor: Editor): () => void {
  let arrived = editor.state.image?.id
  return editor.store.subscribe((state) => {
    if (state.loading || !state.image || state.image.id === arrived) return
    arrived = state.image.id
    if (settings.getState().runOnArrival && state.annotations.size === 0 && !state.run.busy && settings.getState().prompt.trim() !== '')
      runPrompt(editor)
  })
}
