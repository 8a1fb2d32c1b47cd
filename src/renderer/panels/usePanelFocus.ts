/** F6 goes from part to part of the window, because Tab goes from object to object. */
import { useEffect } from 'react'
import { useWindow } from './windowState.ts'

const FOCUSABLE = 'button:not(:disabled), input:not(:disabled), select, [tabindex="0"]'

export function usePanelFocus(): void {
  const wish = useWindow(({ panelFocus }) => panelFocus)
  useEffect(() => {
    if (wish === 0) return
    const panels = [...document.querySelectorAll('[data-panel]')]
    const at = panels.findIndex((panel) => panel.contains(document.activeElement))
    const others = [...panels.slice(at + 1), ...panels.slice(0, at + 1)]
    others.flatMap((panel) => panel.querySelector<HTMLElement>(FOCUSABLE) ?? [])[0]?.focus()
  }, [wish])
}
