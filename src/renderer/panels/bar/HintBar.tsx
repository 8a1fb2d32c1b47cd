/** Over the canvas while proposals wait: what the next key does. Every hint can be clicked too. */
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { commandsById } from '../commands.ts'
import { Keys } from '../parts.tsx'
import css from './HintBar.module.css'

const HINTS = [
  ['review.acceptAll', 'hint.accept'],
  ['review.nextObject', 'hint.next'],
  ['tool.points', 'hint.points'],
  ['edit.delete', 'hint.reject'],
  ['edit.cancel', 'hint.discard'],
] as const

export function HintBar() {
  const { t } = useTranslation()
  const editor = useEditor()
  const busy = useEditorState(({ run }) => run.busy)
  const count = useEditorState(({ annotations }) => {
    let proposals = 0
    for (const { state } of annotations.values()) if (state === 'proposed') proposals++
    return proposals
  })
  const hasSelection = useEditorState(({ selection }) => selection.size > 0)
  if (busy || count === 0) return null
  return (
    <div className={css.bar} role="toolbar" aria-label={t('hint.title', { count })}>
      {HINTS.map(([id, words]) => (
        <button
          key={id}
          type="button"
          className={css.hint}
          data-main={id === 'review.acceptAll'}
          disabled={id === 'edit.delete' && !hasSelection}
          onClick={() => commandsById.get(id)!.perform(editor)}
        >
          <Keys of={id} /> {t(words, { count })}
        </button>
      ))}
    </div>
  )
}
