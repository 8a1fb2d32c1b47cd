/** The line at the bottom: where one is, what is saved, which models answer and how fast. */
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useEditorState, type EditorState } from '../../editor/index.ts'
import { folderRun } from '../prompt/folderRun.ts'
import { bytesText, installs } from '../models/installs.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { openDialog, useWindow } from '../windowState.ts'
import css from './StatusBar.module.css'

export function StatusBar() {
  const { t } = useTranslation()
  return (
    <footer className={css.bar} aria-label={t('status.title')}>
      <Position />
      <Cursor />
      <SelectedSize />
      <Saved />
      <span className={css.gap} />
      <Scanning />
      <FolderProgress />
      <Installing />
      <Engine />
      <Models />
    </footer>
  )
}

function Position() {
  const { t } = useTranslation()
  const image = useEditorState((state) => state.image)
  const count = useEditorState(({ imageCount }) => imageCount)
  const zoom = useEditorState(({ viewport }) => Math.round(viewport.scale * 100))
  if (!image) return <span className="muted">{t('status.noImage')}</span>
  return (
    <>
      <strong>{t('status.position', { at: image.index + 1, count })}</strong>
      <span className={`${css.path!} ellipsis`} title={image.path}>
        {image.path}
      </span>
      {image.status === 'ok' && (
        <>
          <span className="muted">
            {image.width} × {image.height}
          </span>
          <span className="muted">{zoom} %</span>
        </>
      )}
    </>
  )
}

function Cursor() {
  const x = useEditorState(({ cursor }) => (cursor ? Math.floor(cursor.x) : null))
  const y = useEditorState(({ cursor }) => (cursor ? Math.floor(cursor.y) : null))
  return <span className={`${css.cursor!} muted`}>{x !== null && y !== null && `x ${String(x)}  y ${String(y)}`}</span>
}

/** The box of what is selected, or of the box being drawn. */
function sizeText({ draft, selection, annotations }: EditorState): string {
  const ids = [...selection]
  const drawn = draft?.kind === 'box' ? draft.box : draft?.kind === 'preview' ? draft.annotations[0]?.box : undefined
  const box = drawn ?? (ids.length === 1 ? annotations.get(ids[0]!)?.box : undefined)
  return box ? `${String(Math.round(box.x1 - box.x0))} × ${String(Math.round(box.y1 - box.y0))}` : ''
}

function SelectedSize() {
  const { t } = useTranslation()
  const size = useEditorState(sizeText)
  const selected = useEditorState(({ selection }) => selection.size)
  if (size !== '') return <span>{t('status.selectedSize', { size })}</span>
  return selected > 1 ? <span>{t('status.selected', { count: selected })}</span> : null
}

function Saved() {
  const { t } = useTranslation()
  const save = useEditorState((state) => state.save)
  const say = useSayProblem()
  const dot = { saved: 'good', saving: 'warn', failed: 'bad' }[save.is]
  return (
    <span className={css.saved} role="status" title={save.is === 'failed' ? say(save.message) : undefined}>
      <span className={`dot ${dot}`} /> {t(`status.${save.is}`)}
    </span>
  )
}

function Scanning() {
  const { t } = useTranslation()
  const adding = useWindow((state) => state.adding)
  const scanning = useEditorState(({ project }) => project?.scanning === true)
  if (adding !== null) return <span className="muted">{t('open.found', { count: adding })}</span>
  return scanning ? <span className="muted">{t('status.scanning')}</span> : null
}

function FolderProgress() {
  const { t } = useTranslation()
  const run = useStore(folderRun)
  if (run.total === 0 && !run.running) return null
  const share = run.total === 0 ? 0 : run.done / run.total
  return (
    <span className={css.folder}>
      {run.running && (
        <span className={`bar ${css.progress!}`} role="progressbar" aria-label={t('folderRun.title')} aria-valuenow={Math.round(share * 100)}>
          <div style={{ width: `${String(share * 100)}%` }} />
        </span>
      )}
      {t('folderRun.progress', { done: run.done, total: run.total, found: run.found })}
      {run.failures.length > 0 && (
        <span className={css.failed} title={run.failures.join('\n')}>
          {t('folderRun.failures', { count: run.failures.length })}
        </span>
      )}
      {run.running && (
        <button type="button" className={css.link} onClick={run.stop}>
          {t('prompt.stop')}
        </button>
      )}
    </span>
  )
}

/** Models on their way; how far, and a way to them. */
function Installing() {
  const { t } = useTranslation()
  const running = Object.values(useStore(installs)).filter(({ error }) => error === null)
  const received = running.reduce((sum, one) => sum + one.received, 0)
  const total = running.reduce((sum, one) => sum + one.total, 0)
  if (running.length === 0) return null
  return (
    <button type="button" className={css.link} onClick={() => openDialog('models')}>
      {t('models.progress', { received: bytesText(received), total: bytesText(total) })}
    </button>
  )
}

/** What the engine is busy with, and how much waits behind that. */
function Engine() {
  const { t } = useTranslation()
  const now = useWindow(({ activity }) => activity?.now ?? null)
  const waiting = useWindow(({ activity }) => activity?.waiting ?? 0)
  if (now === null) return null
  return (
    <span className={css.engine} data-work={now}>
      <span className={css.pulse} aria-hidden /> {t(`status.work.${now}`)}
      {waiting > 0 && <span className="muted">{t('status.waiting', { count: waiting })}</span>}
    </span>
  )
}

function Models() {
  const { t } = useTranslation()
  const models = useEditorState((state) => state.models)
  if (!models) return null
  const ms = models.ms && t('status.ms', { boxes: Math.round(models.ms.boxes), encode: Math.round(models.ms.encode), masks: Math.round(models.ms.masks) })
  return (
    <>
      <button
        type="button"
        className={`${css.link!} ellipsis`}
        title={[t('action.run.models'), ms].filter(Boolean).join('\n')}
        onClick={() => openDialog('models')}
      >
        {models.grounder} · {models.segmenter}
      </button>
      {models.device !== null && <span className={css.device}>{models.device.toUpperCase()}</span>}
      {ms !== null && <span className={`${css.ms!} muted`}>{ms}</span>}
    </>
  )
}
