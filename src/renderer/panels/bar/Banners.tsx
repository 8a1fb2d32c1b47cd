/** What must not be missed but never stands in the way: a lost host, the last problem, the notice at start. */
import { CircleAlert, Info, WifiOff, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { Connection } from '../../client.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { settings, useSettings } from '../settings.ts'
import { openDialog, useWindow, windowState } from '../windowState.ts'
import css from './Banners.module.css'

const BACK_SHOWN_MS = 4000

/** While the host is away, and for a moment after it came back. */
export function ConnectionBanner({ link }: { readonly link: Connection['link'] }) {
  const { t } = useTranslation()
  const state = useStore(link)
  const [wasLost, setWasLost] = useState(false)
  useEffect(() => {
    if (state === 'lost') setWasLost(true)
    if (state !== 'open') return
    const timer = setTimeout(() => setWasLost(false), BACK_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [state])
  if (state === 'lost')
    return (
      <div className={`${css.banner!} ${css.lost!}`} role="alert">
        <WifiOff size={15} aria-hidden /> {t('link.lost')}
      </div>
    )
  return wasLost ? (
    <div className={`${css.banner!} ${css.back!}`} role="status">
      {t('link.back')}
    </div>
  ) : null
}

/** The newest problem; the others are one click away. */
export function ProblemToast() {
  const { t } = useTranslation()
  const editor = useEditor()
  const problems = useEditorState((state) => state.problems)
  const [seen, setSeen] = useState(-1)
  const last = problems.at(-1)
  if (!last || last.id === seen) return null
  return (
    <div className={css.toast} role="alert">
      <CircleAlert size={16} color="var(--bad)" aria-hidden />
      <span className={css.message}>{last.message}</span>
      {problems.length > 1 && (
        <button type="button" className="button" onClick={() => openDialog('problems')}>
          {t('problems.all', { count: problems.length })}
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={t('problems.dismiss')}
        onClick={() => {
          setSeen(last.id)
          editor.dismissProblem(last.id)
        }}
      >
        <X size={15} aria-hidden />
      </button>
    </div>
  )
}

/** At first start: whose images these are, and the way round the window. */
export function Notice() {
  const { t } = useTranslation()
  const notice = useWindow(({ project }) => project?.notice ?? null)
  const tourDone = useSettings((value) => value.tourDone)
  const [closed, setClosed] = useState(false)
  if (closed || (notice === null && tourDone)) return null
  return (
    <div className={css.notice} role="status">
      <Info size={14} aria-hidden />
      {notice !== null && <span className="ellipsis">{t(`notice.${notice}`)}</span>}
      {!tourDone && (
        <button type="button" className={css.link} onClick={() => windowState.setState({ tour: true })}>
          {t('action.help.tour')}
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={t('close')}
        onClick={() => {
          setClosed(true)
          settings.setState({ tourDone: true })
        }}
      >
        <X size={14} aria-hidden />
      </button>
    </div>
  )
}
