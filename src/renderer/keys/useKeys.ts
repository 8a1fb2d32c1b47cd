/** Turns key presses into commands: the tool in hand is asked first, text fields and dialogs keep their keys. */
import { useEffect } from 'react'
import type { Editor } from '../editor/index.ts'
import type { Command } from '../panels/commands.ts'
import { chordOf, isMac, keyOf } from './chord.ts'
import type { Keymap } from './keymap.ts'
import { isTextField } from './textField.ts'

/** While a menu, a popover or a dialog is open, keys move through it or close it. */
const OVERLAYS = '[role="dialog"], [role="menu"]'

function commandFor(event: KeyboardEvent, keymap: Keymap, commands: ReadonlyMap<string, Command>): Command | undefined {
  const chord = chordOf(event)
  const ids = chord === null ? undefined : keymap.commands.get(chord)
  return ids?.map((id) => commands.get(id)).find((command) => command !== undefined)
}

const CONTROLS = 'button, a, input, [role="slider"], [role="menuitem"]'
const CONTROL_KEYS: ReadonlySet<string> = new Set(['Enter', ' ', 'Tab', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'])

/**
 * Whether the control with the focus got it by keyboard: then Enter and Tab are its own. After a click on a row or a
 * button they go on meaning accept and next object. (`:focus-visible` also matches a clicked control once a key is pressed.)
 */
function watchFocus(signal: AbortSignal): (event: KeyboardEvent) => boolean {
  let pointer = false
  let byPointer = false
  window.addEventListener('pointerdown', () => (pointer = true), { capture: true, signal })
  window.addEventListener('keydown', () => (pointer = false), { capture: true, signal })
  window.addEventListener('focusin', () => (byPointer = pointer), { signal })
  return ({ key, target, ctrlKey, metaKey }) =>
    !byPointer && !ctrlKey && !metaKey && CONTROL_KEYS.has(key) && target instanceof Element && target.closest(CONTROLS) !== null
}

export function useKeys(editor: Editor, keymap: Keymap, commands: ReadonlyMap<string, Command>): void {
  useEffect(() => {
    const listening = new AbortController()
    const controlAnswers = watchFocus(listening.signal)
    // Looked at before anyone else hears of the key: by the time it is our turn the key may have closed it.
    let overlay = false
    window.addEventListener('keydown', () => (overlay = document.querySelector(OVERLAYS) !== null), { capture: true, signal: listening.signal })
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const command = commandFor(event, keymap, commands)
      const busyElsewhere = isTextField(event.target) || overlay
      if (busyElsewhere ? !command?.everywhere : controlAnswers(event)) return
      const mod = isMac ? event.metaKey : event.ctrlKey
      const taken = !busyElsewhere && editor.keyDown({ key: keyOf(event), shift: event.shiftKey, alt: event.altKey, mod })
      const usable = !taken && command?.enabled(editor) === true
      // Where there is no object to go to, Tab goes through the window.
      if (!taken && (command === undefined || (!usable && event.key === 'Tab'))) return
      event.preventDefault()
      if (usable) command.perform(editor)
    }
    window.addEventListener('keydown', press, { signal: listening.signal })
    return () => listening.abort()
  }, [editor, keymap, commands])
}
