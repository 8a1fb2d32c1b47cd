/** The dialog that is open, if any: one at a time. */
import { useEffect } from 'react'
import { afterFocusReturn } from '../parts.tsx'
import { useWindow, windowState, type DialogName } from '../windowState.ts'
import { CommandPalette } from './CommandPalette.tsx'
import { ExportDialog } from '../datasets/ExportDialog.tsx'
import { ImportDialog } from '../datasets/ImportDialog.tsx'
import { ImportDropped } from '../datasets/ImportDropped.tsx'
import { KeysDialog } from './KeysDialog.tsx'
import { ModelsDialog } from '../models/ModelsDialog.tsx'
import { OpenDialog } from '../open/OpenDialog.tsx'
import { ProblemsDialog } from './ProblemsDialog.tsx'
import { RemoveImagesDialog } from '../side/RemoveImagesDialog.tsx'
import { SettingsDialog } from './SettingsDialog.tsx'
import { SimplifyDialog } from './SimplifyDialog.tsx'

const DIALOGS: Readonly<Record<DialogName, () => React.ReactNode>> = {
  open: OpenDialog,
  import: ImportDialog,
  dropped: ImportDropped,
  export: ExportDialog,
  simplify: SimplifyDialog,
  models: ModelsDialog,
  keys: KeysDialog,
  settings: SettingsDialog,
  palette: CommandPalette,
  problems: ProblemsDialog,
  removeImages: RemoveImagesDialog,
}

export function Dialogs() {
  const name = useWindow(({ dialog }) => dialog)
  useEffect(returnFocus, [])
  if (name === null) return null
  const Dialog = DIALOGS[name]
  return <Dialog />
}

/** When the last dialog closes, the focus goes back to where it was, or to the canvas where that is gone, unless somebody took it. */
function returnFocus(): () => void {
  let from: Element | null = null
  return windowState.subscribe(({ dialog }, before) => {
    if (dialog !== null && before.dialog === null) from = document.activeElement
    if (dialog !== null || before.dialog === null) return
    afterFocusReturn(() => {
      if (document.activeElement !== document.body) return
      const there = from instanceof HTMLElement && from.isConnected && from !== document.body ? from : null
      const to = there ?? document.querySelector<HTMLElement>('[data-testid="canvas"]')
      to?.focus({ preventScroll: true })
    })
  })
}
