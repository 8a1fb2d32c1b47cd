/** A folder of images becomes a project, or joins the one that is open; images appear while the folder is still read. */
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { messageOf } from '../../../shared/errors.ts'
import { useEditor, type Editor } from '../../editor/index.ts'
import { addFolders, openFolder } from './opening.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { closeDialog, useWindow } from '../windowState.ts'
import { Dialog } from '../dialogs/Dialog.tsx'
import { FolderBrowser, type ChosenFolder } from './FolderBrowser.tsx'
import css from '../dialogs/Dialogs.module.css'

export function OpenDialog() {
  const { t } = useTranslation()
  const editor = useEditor()
  const [chosen, setChosen] = useState<ChosenFolder | null>(null)
  const [error, setError] = useState<string | null>(null)
  const say = useSayProblem()
  const dropped = useWindow((state) => state.dropped)
  const show = useCallback((folder: ChosenFolder) => {
    setChosen(folder)
    setError(null)
  }, [])
  const start = (read: (editor: Editor, folder: string) => Promise<void>) => {
    if (!chosen) return
    setError(null)
    read(editor, chosen.path).then(closeDialog, (problem: unknown) => setError(messageOf(problem)))
  }
  return (
    <Dialog title={t('open.title')} size={560}>
      {dropped !== null && <p className={css.dropped}>{t('open.dropped', { name: dropped })}</p>}
      <FolderBrowser onFolder={show} />
      {error !== null && <p className="message bad" role="alert">{say(error)}</p>}
      <div className={css.footer}>
        <span className="muted">{chosen && chosen.images !== null && t('open.images', { count: chosen.images })}</span>
        <span className={css.gap} />
        <button type="button" className="button large" onClick={closeDialog}>
          {t('cancel')}
        </button>
        <button type="button" className="button large" disabled={!chosen} onClick={() => start(addFolder)}>
          {t('open.add')}
        </button>
        <button type="button" className="button primary large" disabled={!chosen} onClick={() => start(openFolder)}>
          {t('open.open')}
        </button>
      </div>
    </Dialog>
  )
}

/** Closes the dialog at once and later goes to the first new image. */
async function addFolder(editor: Editor, folder: string): Promise<void> {
  const before = editor.state.imageCount
  closeDialog()
  const { added } = await addFolders(editor, [folder], true)
  if (added === 0) return
  // By its id: the editor may not know yet how many images there are now.
  const { rows } = await editor.api['images.list']({ search: '', offset: before, limit: 1 })
  if (rows[0]) await editor.openImage(rows[0].id)
}
