/** Turns key presses into commands: the tool in hand is asked first, text fields and dialogs keep their keys. */
import { useEffect } from 'react'
import type { Editor } from '../editor/index.ts'
import type { Command } from '../panels/commands.ts'
import { chordOf, isMac } from './chord.ts'
import type { Keymap } from './keymap.ts'
import { isTextField } from './textField.ts'

/** While a menu, a popover or a dialog is open, keys move through it or close it. */
const OVERLAYS = '[role="dialog"], [role="menu"]'

function commandFor(event: KeyboardEvent, keymap: Keymap, commands: ReadonlyMap<string, Command>): Command | undefined {
  const chord = chordOf(event)
  const ids = chord === null ? undefined : keymap.commands.get(chord)
  return ids?.map((id) => commands.get(id)).find((command) => command !== undefined)
}

/** A control that has the focus answers Enter, Space and Tab itself, once the person has moved to it by keyboard. */
function controlAnswers({ key, target, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || ctrlKey || metaKey) return false
  const control = target.closest('button, a, input, [role="slider"], [role="option"], [role="menuitem"]')
  return control !== null && target.matches(':focus-visible') && ['Enter', ' ', 'Tab', 'ArrowUp', 'ArrowDown'].includes(key)
}

export function useKeys(editor: Editor, keymap: Keymap, commands: ReadonlyMap<string, Command>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const command = commandFor(event, keymap, commands)
      const busyElsewhere = isTextField(event.target) || document.querySelector(OVERLAYS) !== null
      if (busyElsewhere ? !command?.everywhere : controlAnswers(event)) return
      const mod = isMac ? event.metaKey : event.ctrlKey
      const taken = !busyElsewhere && editor.keyDown({ key: event.key, shift: event.shiftKey, alt: event.altKey, mod })
      if (!taken && command === undefined) return
      event.preventDefault()
      if (!taken && command?.enabled(editor)) command.perform(editor)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [editor, keymap, commands])
}
