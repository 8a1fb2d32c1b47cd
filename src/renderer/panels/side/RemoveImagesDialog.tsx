/** Says what goes with the images, and what stays, before they go from the project. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { messageOf } from '../../../shared/errors.ts'
import { useEditor } from '../../editor/index.ts'
import { Dialog } from '../dialogs/Dialog.tsx'
import { useSayProblem } from '../useSayProblem.ts'
import { closeDialog, useWindow } from '../windowState.ts'
import css from './Side.module.css'

export function RemoveImagesDialog() {
  const { t } = useTranslation()
  const say = useSayProblem()
  const editor = useEditor()
  const ids = useWindow(({ removing }) => removing)
  const [objects, setObjects] = useState<number | null>(null)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    editor
      .settle()
      .then(() => editor.api['images.objects']({ imageIds: [...ids] }))
      .then((found) => setObjects(found.objects))
      .catch((problem: unknown) => setError(messageOf(problem)))
  }, [editor, ids])
  const remove = () => {
    void editor.removeImages(ids)
    closeDialog()
  }
  return (
    <Dialog title={t('files.removeTitle', { count: ids.length })} size={420}>
      {error !== null && <p className="message bad" role="alert">{say(error)}</p>}
      {objects !== null && <p>{objects === 0 ? t('files.removeNoObjects', { count: ids.length }) : <strong>{t('files.removeObjects', { count: objects })}</strong>}</p>}
      <p className="muted">{t('files.removeFiles')}</p>
      <div className={css.buttons}>
        <button type="button" className="button large" onClick={closeDialog}>
          {t('cancel')}
        </button>
        {objects !== null && (
          <button type="button" className="button danger large" autoFocus onClick={remove}>
            {t('files.removeNow')}
          </button>
        )}
      </div>
    </Dialog>
  )
}
