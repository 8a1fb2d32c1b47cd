/** A dropped folder holds pictures and annotations: which of them are meant only the person knows. */
import { useTranslation } from 'react-i18next'
import { useEditor } from '../../editor/index.ts'
import { addFolders } from '../open/opening.ts'
import { shortPath } from '../paths.ts'
import { closeDialog, useWindow, windowState } from '../windowState.ts'
import { Dialog } from '../dialogs/Dialog.tsx'
import css from './Datasets.module.css'

export function ImportDropped() {
  const { t } = useTranslation()
  const editor = useEditor()
  const folder = useWindow(({ dataset }) => dataset)
  const pictures = () => {
    closeDialog()
    if (folder !== null) void addFolders(editor, [folder], true)
  }
  return (
    <Dialog title={t('import.dropped')} size={520}>
      <p className={css.lead} title={folder ?? ''}>{t('import.droppedWhat', { folder: shortPath(folder ?? '') })}</p>
      <div className={css.footer}>
        <span className={css.gap} />
        <button type="button" className="button large" onClick={pictures}>
          {t('import.onlyPictures')}
        </button>
        <button type="button" className="button primary large" data-autofocus onClick={() => windowState.setState({ dialog: 'import' })}>
          {t('import.both')}
        </button>
      </div>
    </Dialog>
  )
}
