/** The text of the prompts, with the earlier ones behind the arrow keys. */
import { Search } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor } from '../../editor/index.ts'
import { runPrompt } from './runPrompt.ts'
import { settings, useSettings } from '../settings.ts'
import { useWindow } from '../windowState.ts'
import css from './PromptBar.module.css'

export function PromptInput() {
  const { t } = useTranslation()
  const editor = useEditor()
  const input = useRef<HTMLInputElement>(null)
  const prompt = useSettings((value) => value.prompt)
  const history = useHistory()
  const focus = useWindow(({ promptFocus }) => promptFocus)
  useEffect(() => {
    // What is being typed already is not selected under the person's hands.
    if (focus > 0 && document.activeElement !== input.current) input.current?.select()
  }, [focus])

  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') {
      event.preventDefault()
      runPrompt(editor)
      // Enter accepts next, so it must reach the canvas.
      input.current?.blur()
    } else if (event.key === 'Escape') {
      event.preventDefault()
      input.current?.blur()
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault()
      history.step(event.key === 'ArrowUp' ? 1 : -1)
    } else if (event.key === '/' && prompt === '') {
      // The key that brings one here, pressed while here already.
      event.preventDefault()
    }
  }
  return (
    <div className={css.inputBox}>
      <Search size={15} className={css.icon} aria-hidden />
      <input
        ref={input}
        type="text"
        // A prompt kept from last time waits; the keys of the canvas work at once.
        autoFocus={prompt === ''}
        className={css.input}
        aria-label={t('prompt.title')}
        placeholder={t('prompt.placeholder')}
        value={prompt}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => {
          history.leave()
          settings.setState({ prompt: target.value })
        }}
        onKeyDown={press}
      />
      <kbd className={`cap ${css.slash!}`} aria-hidden>
        /
      </kbd>
    </div>
  )
}

/** Walks through earlier prompts; what was being typed comes back at the end. */
function useHistory() {
  const [at, setAt] = useState(-1)
  const draft = useRef('')
  return {
    leave: () => setAt(-1),
    step: (by: 1 | -1) => {
      const { history, prompt } = settings.getState()
      const next = Math.min(Math.max(at + by, -1), history.length - 1)
      if (next === at) return
      if (at === -1) draft.current = prompt
      setAt(next)
      settings.setState({ prompt: next === -1 ? draft.current : history[next]! })
    },
  }
}
