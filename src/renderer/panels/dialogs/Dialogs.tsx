/** The dialog that is open, if any: one at a time. */
import { useWindow, type DialogName } from '../windowState.ts'
import { CommandPalette } from './CommandPalette.tsx'
import { ExportDialog } from './ExportDialog.tsx'
import { ImportDialog } from './ImportDialog.tsx'
import { ImportDropped } from './ImportDropped.tsx'
import { KeysDialog } from './KeysDialog.tsx'
import { ModelsDialog } from './ModelsDialog.tsx'
import { OpenDialog } from './OpenDialog.tsx'
import { ProblemsDialog } from './ProblemsDialog.tsx'
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
}

export function Dialogs() {
  const name = useWindow(({ dialog }) => dialog)
  if (name === null) return null
  const Dialog = DIALOGS[name]
  return <Dialog />
}
