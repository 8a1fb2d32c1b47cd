/** What went wrong since the window opened, in one place. */
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { Dialog } from './Dialog.tsx'
import css from './Dialogs.module.css'

export function ProblemsDialog() {
  const { t } = useTranslation()
  const editor = useEditor()
  const problems = useEditorState((state) => state.problems)
  const say = useSayProblem()
  return (
    <Dialog title={t('action.help.problems')} size={560}>
      {problems.length === 0 && <p className="muted">{t('problems.none')}</p>}
      <ul className={css.problems}>
        {problems.toReversed().map(({ id, message }) => (
          <li key={id}>
            <span>{say(message)}</span>
            <button type="button" className="icon-button" aria-label={t('problems.dismiss')} onClick={() => editor.dismissProblem(id)}>
              <X size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
