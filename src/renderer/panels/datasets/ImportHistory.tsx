/** Earlier imports of this project, newest first; each can be taken back. */
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportRow } from '../../../shared/appContract.ts'
import { toWireError } from '../../../shared/errors.ts'
import { useEditor } from '../../editor/index.ts'
import { shortPath } from '../paths.ts'
import { useSettings } from '../settings.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from './Datasets.module.css'

/** Takes an import back, and says in words what became of it. */
export function useTakeBack() {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const [said, setSaid] = useState<string | null>(null)
  const takeBack = useCallback(
    async (id: number) => {
      try {
        await editor.settle()
        const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) => setSaid(t('import.undoing', { done, total }))
        const { removed, kept } = await editor.api['imports.undo']({ id }, { onProgress })
        setSaid(`${t('import.undone', { count: removed })} ${kept > 0 ? t('import.kept', { count: kept }) : ''}`)
      } catch (error) {
        setSaid(say(toWireError(error).message))
      }
    },
    [editor, say, t],
  )
  return { said, takeBack }
}

export function ImportHistory() {
  const { t } = useTranslation()
  const editor = useEditor()
  const { said, takeBack } = useTakeBack()
  const [rows, setRows] = useState<readonly ImportRow[]>([])
  useEffect(() => {
    editor.api['imports.list'](null).then((all) => setRows(all.toSorted((a, b) => b.id - a.id)), () => undefined)
  }, [editor, said])
  if (rows.length === 0) return null
  return (
    <>
      <h3 className={css.heading}>{t('import.earlier')}</h3>
      <ul className={css.history} aria-label={t('import.earlier')}>
        {rows.map((row) => (
          <Earlier key={row.id} row={row} onTakeBack={() => void takeBack(row.id)} />
        ))}
      </ul>
      <p className={css.small} role="status">{said}</p>
    </>
  )
}

function Earlier({ row: { id, at, format, place, state }, onTakeBack }: { readonly row: ImportRow; readonly onTakeBack: () => void }) {
  const { t } = useTranslation()
  const language = useSettings((value) => value.language)
  return (
    <li>
      <span className="muted">{new Date(at).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })}</span>
      <span className="ellipsis" title={place}>{shortPath(place, 48)}</span>
      <span className="muted">{state === 'open' ? `${format} · ${t('import.state.open')}` : format}</span>
      {state === 'undone' ? (
        <span className="muted">{t('import.state.undone')}</span>
      ) : (
        <button type="button" className="button" aria-label={t('import.takeBackOf', { id, place })} onClick={onTakeBack}>
          {t('import.takeBack')}
        </button>
      )}
    </li>
  )
}
