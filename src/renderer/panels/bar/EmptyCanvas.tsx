/** Where the image would be, while the project has none: how to get some. */
import { FolderOpen } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { bridge } from '../../bridge.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { commandsById } from '../commands.ts'
import { Keys } from '../parts.tsx'
import { useWindow } from '../windowState.ts'
import css from './EmptyCanvas.module.css'

export function EmptyCanvas() {
  const { t } = useTranslation()
  const editor = useEditor()
  const isEmpty = useEditorState(({ image, imageCount }) => image === null && imageCount === 0)
  const adding = useWindow((state) => state.adding)
  const isKnown = useEditorState(({ project }) => project !== null)
  if (!isEmpty || !isKnown) return null
  if (adding !== null)
    return (
      <div className={css.empty} role="status">
        <p>{t('status.scanning')}</p>
      </div>
    )
  return (
    <div className={css.empty}>
      <FolderOpen size={30} strokeWidth={1.5} aria-hidden />
      <h2>{t('empty.title')}</h2>
      <p>{t(bridge ? 'empty.textDrop' : 'empty.text')}</p>
      <button type="button" className="button primary large" onClick={() => commandsById.get('file.open')!.perform(editor)}>
        {t('action.file.open')} <Keys of="file.open" />
      </button>
    </div>
  )
}
