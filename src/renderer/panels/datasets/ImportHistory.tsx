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

/** Takes an import back, and says in words what became of it. It goes on where the dialog is closed; `stop`: null while nothing is taken back. */
export function useTakeBack() {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const [said, setSaid] = useState<string | null>(null)
  const [isTaken, setTaken] = useState(false)
  const [running, setRunning] = useState<AbortController | null>(null)
  const takeBack = useCallback(
    async (id: number) => {
      const controller = new AbortController()
      setRunning(controller)
      try {
        await editor.settle()
        const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) => setSaid(t('import.undoing', { done, total }))
        const { removed, kept } = await editor.api['imports.undo']({ id }, { signal: controller.signal, onProgress })
        setTaken(true)
        setSaid(`${t('import.undone', { count: removed })} ${kept > 0 ? t('import.kept', { count: kept }) : ''}`)
      } catch (error) {
        const { code, message } = toWireError(error)
        setSaid(code === 'cancelled' ? t('import.undoStopped') : say(message))
      }
      setRunning(null)
    },
    [editor, say, t],
  )
  return { said, isTaken, takeBack, stop: running && (() => running.abort()) }
}

export function ImportHistory() {
  const { t } = useTranslation()
  const editor = useEditor()
  const { said, takeBack, stop } = useTakeBack()
  const isRunning = stop !== null
  const [rows, setRows] = useState<readonly ImportRow[]>([])
  useEffect(() => {
    editor.api['imports.list'](null).then((all) => setRows(all.toSorted((a, b) => b.id - a.id)), () => undefined)
  }, [editor, isRunning])
  if (rows.length === 0) return null
  return (
    <>
      <h3 className={css.heading}>{t('import.earlier')}</h3>
      <ul className={css.history} aria-label={t('import.earlier')}>
        {rows.map((row) => (
          <Earlier key={row.id} row={row} onTakeBack={stop ? null : () => void takeBack(row.id)} />
        ))}
      </ul>
      <div className={css.footer}>
        <span className={`${css.gap} ${css.small}`} role="status">{said}</span>
        {stop && <button type="button" className="button" onClick={stop}>{t('import.stop')}</button>}
      </div>
    </>
  )
}

function Earlier({ row: { id, at, format, place, state }, onTakeBack }: { readonly row: ImportRow; readonly onTakeBack: (() => void) | null }) {
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
        <button type="button" className="button" aria-label={t('import.takeBackOf', { id, place })} disabled={!onTakeBack} onClick={onTakeBack ?? undefined}>
          {t('import.takeBack')}
        </button>
      )}
    </li>
  )
}
