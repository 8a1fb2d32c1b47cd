/** What must not be missed but never stands in the way: a lost host, the last problem, the notice at start. */
import { CircleAlert, Info, WifiOff, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { bridge } from '../../bridge.ts'
import type { Connection } from '../../client.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { commandsById } from '../commands.ts'
import { settings, useSettings } from '../settings.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { openDialog } from '../windowState.ts'
import css from './Banners.module.css'

const BACK_SHOWN_MS = 4000

/** While the host is away, and for a moment after it came back. */
export function ConnectionBanner({ link }: { readonly link: Connection['link'] }) {
  const { t } = useTranslation()
  const state = useStore(link)
  const [wasLost, setWasLost] = useState(false)
  useEffect(() => {
    if (state !== 'open' && state !== 'connecting') setWasLost(true)
    if (state !== 'open') return
    const timer = setTimeout(() => setWasLost(false), BACK_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [state])
  if (state === 'lost' || state === 'stranger')
    return (
      <div className={`${css.banner!} ${css.lost!}`} role="alert">
        <WifiOff size={15} aria-hidden /> <span>{t(bridge ? 'link.lostApp' : `link.${state}`)}</span>
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
  const say = useSayProblem()
  const editor = useEditor()
  const problems = useEditorState((state) => state.problems)
  const [seen, setSeen] = useState(-1)
  const last = problems.at(-1)
  if (!last || last.id === seen) return null
  return (
    <div className={css.toast} role="alert">
      <CircleAlert size={16} color="var(--bad)" aria-hidden />
      <span className={css.message}>{say(last.message)}</span>
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

/** Whose images these are, until that was read or a first prompt was answered. */
export function Notice() {
  const { t } = useTranslation()
  const editor = useEditor()
  const notice = useEditorState(({ project }) => project?.notice ?? null)
  const seen = useSettings((value) => value.samplesSeen)
  const close = () => settings.setState({ samplesSeen: true })
  const answered = useEditorState(({ run }) => run.answers.length > 0)
  useEffect(() => {
    if (answered) close()
  }, [answered])
  if (notice === null || seen) return null
  return (
    <div className={css.notice} role="status">
      <Info size={14} aria-hidden />
      <span className="ellipsis">{t(`notice.${notice}`)}</span>
      <button type="button" className="text-link" onClick={() => commandsById.get('file.open')!.perform(editor)}>
        {t('notice.open')}
      </button>
      <button type="button" className="icon-button" aria-label={t('close')} onClick={close}>
        <X size={14} aria-hidden />
      </button>
    </div>
  )
}
