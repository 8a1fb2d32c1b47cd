/** Over the canvas while proposals wait: what the next key does. Every hint can be clicked too. */
import { useMemo } from 'react'
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
  const annotations = useEditorState((state) => state.annotations)
  const count = useMemo(() => [...annotations.values()].filter(({ state }) => state === 'proposed').length, [annotations])
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
