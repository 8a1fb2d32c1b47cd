/** One line under the prompt: what to type, how far the models are, what they found or why they could not look. */
import { CircleAlert, CircleCheck, CircleEqual, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditorState } from '../../editor/index.ts'
import { useSettings } from '../settings.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { openDialog, useWindow, windowState } from '../windowState.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { WordsPopover } from './WordsPopover.tsx'
import css from './PromptBar.module.css'

const STAGES = ['decode', 'boxes', 'encode', 'masks'] as const

export function RunLine() {
  const run = useEditorState((state) => state.run)
  const image = useEditorState((state) => state.image?.id ?? null)
  const isAboutThis = useWindow(({ askedImage }) => askedImage === image)
  const outcome = useMemo((): Outcome => (run.busy || isAboutThis ? outcomeOf(run) : { is: 'none' }), [run, isAboutThis])
  return (
    <div className={css.line}>
      <div className={css.outcome} role="status" aria-live="polite">
        <OutcomeText outcome={outcome} />
      </div>
      {outcome.is === 'answered' && <WordsPopover answers={run.answers} />}
      <DemoBadge />
    </div>
  )
}

function OutcomeText({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useTranslation()
  const say = useSayProblem()
  switch (outcome.is) {
    case 'none':
      return <Invitation />
    case 'busy':
      return <Stages stage={outcome.stage} boxes={outcome.boxes} />
    case 'failed':
      return (
        <span className={css.failed}>
          <CircleAlert size={14} aria-hidden /> <span className="ellipsis">{t('run.failed', { message: say(outcome.message) })}</span>
        </span>
      )
    case 'answered':
      return <Answered {...outcome} />
  }
}

function Invitation() {
  const { t } = useTranslation()
  const prompted = useWindow((state) => state.prompted)
  const hasImage = useEditorState(({ image }) => image !== null)
  const tourDone = useSettings((value) => value.tourDone)
  const text = !hasImage ? t('prompt.noImage') : prompted ? t('prompt.several') : t('prompt.first')
  return (
    <>
      <span className="ellipsis">{text}</span>
      {!tourDone && (
        <button type="button" className="text-link" onClick={() => windowState.setState({ tour: true })}>
          {t('action.help.tour')}
        </button>
      )}
    </>
  )
}

function Stages({ stage, boxes }: { readonly stage: (typeof STAGES)[number]; readonly boxes: number }) {
  const { t } = useTranslation()
  const at = STAGES.indexOf(stage)
  return (
    <span className={css.stages}>
      {STAGES.map((name, index) => (
        <span key={name} className={css.stage} data-state={index < at ? 'done' : index === at ? 'now' : 'next'}>
          {t(`run.stage.${name}`)}
          {name === 'boxes' && boxes > 0 && ` ${String(boxes)}`}
        </span>
      ))}
    </span>
  )
}

function Answered({ found, known, missing, seconds }: Extract<Outcome, { is: 'answered' }>) {
  const { t } = useTranslation()
  const time = seconds === null ? '' : ` · ${t('run.seconds', { seconds: seconds.toFixed(1) })}`
  const words = missing.map((word) => `“${word}”`).join(', ')
  if (found === 0)
    return (
      <span className={css.missing}>
        <SearchX size={14} aria-hidden /> <span className="ellipsis">{t('run.notFound', { words })}</span>
        <span className={css.time}>{time}</span>
      </span>
    )
  return (
    <>
      <span className={known === found ? css.missing : css.found}>
        {known === found ? <CircleEqual size={14} aria-hidden /> : <CircleCheck size={14} aria-hidden />} {t('run.found', { count: found })}
        {known > 0 && `, ${known === found ? t('run.allKnown') : t('run.known', { count: known })}`}
        {time}
      </span>
      {missing.length > 0 && (
        <span className={css.missing}>
          <span className="ellipsis">{t('run.partlyFound', { words })}</span>
        </span>
      )}
    </>
  )
}

function DemoBadge() {
  const { t } = useTranslation()
  const demo = useEditorState(({ models }) => models?.demo === true)
  return demo ? (
    <button type="button" className={`chip warn ${css.demo!}`} title={t('demo.what')} onClick={() => openDialog('models')}>
      {t('demo.badge')}
      <span className={css.knows}>{t('demo.knows')}</span>
    </button>
  ) : null
}
