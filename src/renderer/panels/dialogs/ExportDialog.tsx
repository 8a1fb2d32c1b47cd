/** COCO and Pascal VOC: what will be written, progress, and the report. */
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportReport } from '../../../shared/appContract.ts'
import { bridge } from '../../bridge.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { fileNameOf, joinPath } from '../paths.ts'
import { settings, useSettings } from '../settings.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { useWindow, closeDialog } from '../windowState.ts'
import { Dialog } from './Dialog.tsx'
import { FolderBrowser, type ChosenFolder } from './FolderBrowser.tsx'
import { useExport } from './useExport.ts'
import css from './Dialogs.module.css'

const FORMATS = ['coco', 'voc'] as const
type Format = (typeof FORMATS)[number]

export function ExportDialog() {
  const { t } = useTranslation()
  const say = useSayProblem()
  const [format, setFormat] = useState<Format>('coco')
  const [acceptedOnly, setAcceptedOnly] = useState(true)
  const [folder, setFolder] = useState<string | null>(null)
  const [name, setName] = useState<string | null>(null)
  const start = useWindow(({ project }) => project?.exportFolder)
  const last = useSettings(({ exportFolder }) => exportFolder)
  const { forget, ...job } = useExport()
  const show = useCallback(({ path }: ChosenFolder) => {
    setFolder(path)
    forget()
  }, [forget])
  const file = name ?? (format === 'coco' ? 'annotations.json' : 'voc')
  const write = () => {
    if (job.running || folder === null || file.trim() === '') return
    settings.setState({ exportFolder: folder })
    job.start({ format, acceptedOnly, path: joinPath(folder, fileNameOf(format, file)) })
  }
  if (job.report) return <Report report={job.report} />
  return (
    <Dialog title={t('export.title')} size={600} busy={job.running}>
      <FormatChoice format={format} onFormat={changing(setFormat, forget)} />
      <label className="check">
        <input type="checkbox" checked={acceptedOnly} onChange={({ target }) => setAcceptedOnly(target.checked)} />
        {t('export.acceptedOnly')}
      </label>
      <h3 className={css.subheading}>{t('export.where')}</h3>
      <FolderBrowser onFolder={show} start={last === '' ? (start ?? null) : last} />
      <NameField label={t(`export.${format}.name`)} value={file} onChange={changing(setName, forget)} onEnter={write} />
      <Summary format={format} acceptedOnly={acceptedOnly} />
      {job.error !== null && <p className={css.error} role="alert">{say(job.error)}</p>}
      <div className={css.footer}>
        {job.running ? <Progress done={job.done} total={job.total} /> : <span className={css.gap} />}
        <button type="button" className="button large" onClick={job.running ? job.stop : closeDialog}>
          {t('cancel')}
        </button>
        <button type="button" className="button primary large" disabled={job.running || folder === null || file.trim() === ''} onClick={write}>
          {t('export.write')}
        </button>
      </div>
    </Dialog>
  )
}

/** Takes the value over, and the refusal of the one before is gone. */
const changing = <Value,>(set: (value: Value) => void, forget: () => void) => (value: Value) => {
  set(value)
  forget()
}

interface NameFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (name: string) => void
  readonly onEnter: () => void
}

function NameField({ label, value, onChange, onEnter }: NameFieldProps) {
  return (
    <label className={css.nameRow}>
      <span>{label}</span>
      <input
        className="field"
        value={value}
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={({ key, nativeEvent }) => key === 'Enter' && !nativeEvent.isComposing && onEnter()}
      />
    </label>
  )
}

function FormatChoice({ format, onFormat }: { readonly format: Format; readonly onFormat: (format: Format) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.formats}>
      <legend className="visually-hidden">{t('export.format')}</legend>
      {FORMATS.map((name) => (
        <label key={name} className={css.format} data-active={format === name}>
          <input type="radio" name="format" className="visually-hidden" checked={format === name} onChange={() => onFormat(name)} />
          <strong>{t(`export.${name}`)}</strong>
          <span className="muted">{t(`export.${name}.what`)}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Summary({ format, acceptedOnly }: { readonly format: Format; readonly acceptedOnly: boolean }) {
  const { t } = useTranslation()
  const images = useEditorState(({ imageCount }) => imageCount)
  const labels = useEditorState((state) => state.labels)
  const annotations = labels.reduce((sum, label) => sum + label.annotations, 0)
  return (
    <p className={css.summary}>
      {t('count.images', { count: images })}, {t('count.labels', { count: labels.length })}, {t('count.objects', { count: annotations })}.{' '}
      {acceptedOnly && t('export.withoutProposals')} {t(`export.${format}.how`)}
    </p>
  )
}

function Progress({ done, total }: { readonly done: number; readonly total: number }) {
  const { t } = useTranslation()
  const percent = total === 0 ? 0 : Math.round((done / total) * 100)
  return (
    <span className={css.progress}>
      <span className="bar" role="progressbar" aria-label={t('export.title')} aria-valuenow={percent}>
        <div style={{ width: `${String(percent)}%` }} />
      </span>
      <span className="muted">{t('export.progress', { done, total })}</span>
    </span>
  )
}

function Report({ report }: { readonly report: ExportReport }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const [copied, setCopied] = useState(false)
  const project = useWindow((state) => state.project)
  return (
    <Dialog title={t('export.done')} size={520}>
      <p>
        {t('export.written', {
          objects: t('count.objects', { count: report.annotations }),
          images: t('count.images', { count: report.images }),
          project: project?.name ?? '',
        })}
      </p>
      <p className={css.path}>{report.path}</p>
      {report.notes.length > 0 && (
        <ul className={css.notes}>
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className={css.footer}>
        <span className={css.gap} />
        {bridge && (
          <button type="button" className="button large" onClick={() => void editor.api['host.showInFolder']({ path: report.path }).catch((error: Error) => editor.report(error.message))}>
            {t('export.show')}
          </button>
        )}
        <button type="button" className="button large" onClick={() => void navigator.clipboard.writeText(report.path).then(() => setCopied(true))}>
          {t(copied ? 'export.copied' : 'export.copyPath')}
        </button>
        <button type="button" className="button primary large" data-autofocus onClick={closeDialog}>
          {t('close')}
        </button>
      </div>
    </Dialog>
  )
}
