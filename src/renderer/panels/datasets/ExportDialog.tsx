/** Every format: what will be written and where, progress, what can't be written, and the report. */
import { useCallback, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportResult, ExportWish, WritableFormatRow } from '../../../shared/appContract.ts'
import type { WireError } from '../../../shared/errors.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { shortPath } from '../paths.ts'
import { settings, useSettings } from '../settings.ts'
import { useJob, type Job } from '../useJob.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { closeDialog } from '../windowState.ts'
import { Dialog } from '../dialogs/Dialog.tsx'
import { FormatOptions } from './ExportOptions.tsx'
import { FormatList, LabelChoice, SplitChoice } from './ExportParts.tsx'
import { ExportReport } from './ExportReport.tsx'
import { FolderBrowser, type ChosenFolder } from '../open/FolderBrowser.tsx'
import { JobBar } from './JobBar.tsx'
import { nameOf, useExportDraft, useExportFacts, wishOf, writesFolder, type ExportDraft, type LabelCounts } from './useExport.ts'
import css from './Datasets.module.css'

type Confirmed = Partial<Pick<ExportWish, 'allowIncomplete' | 'replace' | 'path'>>
type ExportJob = Job<{ readonly done: number; readonly total: number }, ExportResult>

export function ExportDialog() {
  const { t } = useTranslation()
  const say = useSayProblem()
  const { facts, error } = useExportFacts()
  const job: ExportJob = useJob()
  const { draft, change } = useExportDraft(job.forget)
  const format = facts?.formats.find(({ id }) => id === draft.format)
  if (job.result)
    return (
      <Dialog title={t('export.done')} size={620}>
        <ExportReport report={job.result} />
      </Dialog>
    )
  return (
    <Dialog title={t('export.title')} size={880} busy={job.running}>
      {error !== null && <p className="message bad" role="alert">{say(error)}</p>}
      {facts && format && (
        <div className={css.columns}>
          <FormatList formats={facts.formats} chosen={draft.format} onChange={change} />
          <Form format={format} counts={facts.counts} draft={draft} onChange={change} job={job} />
        </div>
      )}
    </Dialog>
  )
}

interface FormProps {
  readonly format: WritableFormatRow
  readonly counts: LabelCounts
  readonly draft: ExportDraft
  readonly onChange: (part: Partial<ExportDraft>) => void
  readonly job: ExportJob
}

function Form({ format, counts, draft, onChange, job }: FormProps) {
  const { t } = useTranslation()
  const editor = useEditor()
  const wish = wishOf(format, draft, counts.map(({ label }) => label))
  /** What was confirmed for this place. */
  const confirmed = useRef<Confirmed>({})
  const write = (more: Confirmed = {}) => {
    if (job.running || wish === null) return
    confirmed.current = { ...(confirmed.current.path === wish.path ? confirmed.current : {}), ...more, path: wish.path }
    settings.setState({ exportFolder: draft.folder! })
    job.start(async (options) => {
      await editor.settle()
      return editor.api['exports.run']({ ...wish, ...confirmed.current }, options)
    })
  }
  return (
    <div className={css.side}>
      <div className={css.form}>
        <h3 className={css.heading}>{t('export.what')}</h3>
        <LabelChoice counts={counts} draft={draft} onChange={onChange} />
        <h3 className={css.heading}>{t('export.how')}</h3>
        <Shape format={format} draft={draft} onChange={onChange} />
        <SplitChoice draft={draft} onChange={onChange} />
        <h3 className={css.heading}>{t('export.where')}</h3>
        <Place onChange={onChange} />
      </div>
      <Name format={format} draft={draft} onChange={onChange} onEnter={() => write()} />
      <Refusal job={job} onAgain={write} />
      <div className={css.footer}>
        {job.running ? (
          <JobBar title={t('export.title')} done={job.progress?.done ?? 0} total={job.progress?.total ?? 0} />
        ) : (
          <span className={`${css.target!} ellipsis`} title={wish?.path}>
            {wish && shortPath(wish.path, 48)}
          </span>
        )}
        <button type="button" className="button large" onClick={job.running ? job.stop : closeDialog}>
          {t('cancel')}
        </button>
        <button type="button" className="button primary large" disabled={job.running || wish === null} onClick={() => write()}>
          {t('export.write')}
        </button>
      </div>
    </div>
  )
}

type ShapeProps = Pick<FormProps, 'format' | 'draft' | 'onChange'>

function Shape({ format, draft, onChange }: ShapeProps) {
  const { t } = useTranslation()
  const isFolder = writesFolder(format, draft)
  return (
    <>
      {format.output === 'either' && (
        <label className={css.option}>
          <span>{t('export.shape')}</span>
          <select className="field" value={isFolder ? 'folder' : 'file'} onChange={({ target }) => onChange({ asFolder: target.value === 'folder', name: null })}>
            <option value="file">{t('export.shape.file')}</option>
            <option value="folder">{t('export.shape.folder')}</option>
          </select>
        </label>
      )}
      <FormatOptions
        options={format.options.filter(({ id }) => isFolder || id !== 'images')}
        values={draft.options[format.id] ?? {}}
        onChange={(values) => onChange({ options: { ...draft.options, [format.id]: values } })}
      />
    </>
  )
}

function Place({ onChange }: Pick<ShapeProps, 'onChange'>) {
  const start = useEditorState(({ project }) => project?.exportFolder)
  const last = useSettings(({ exportFolder }) => exportFolder)
  const show = useCallback(({ path }: ChosenFolder) => onChange({ folder: path }), [onChange])
  return <FolderBrowser onFolder={show} start={last === '' ? (start ?? null) : last} focus={false} />
}

/** Below what scrolls, so that it is always seen what Export will write. */
function Name({ format, draft, onChange, onEnter }: ShapeProps & { readonly onEnter: () => void }) {
  const { t } = useTranslation()
  return (
    <label className={css.name}>
      <span>{t(writesFolder(format, draft) ? 'export.folderName' : 'export.fileName')}</span>
      <input
        className="field"
        value={nameOf(format, draft)}
        spellCheck={false}
        onChange={({ target }) => onChange({ name: target.value })}
        onKeyDown={({ key, nativeEvent }) => key === 'Enter' && !nativeEvent.isComposing && onEnter()}
      />
    </label>
  )
}

/** Refusals that a person may overrule: what that says in the wish, and on the button. */
function overrulingOf({ code, details }: WireError): { readonly wish: Confirmed; readonly words: 'export.replace' | 'export.empty' | 'export.withoutThem' } | null {
  if (code === 'export-exists') return { wish: { replace: true }, words: 'export.replace' }
  if (code !== 'export-incomplete') return null
  return { wish: { allowIncomplete: true }, words: details['asked'] === 0 ? 'export.empty' : 'export.withoutThem' }
}

function Refusal({ job: { error }, onAgain }: { readonly job: ExportJob; readonly onAgain: (confirmed: Confirmed) => void }) {
  const { t } = useTranslation()
  const say = useSayProblem()
  if (error === null) return null
  const overruling = overrulingOf(error)
  if (overruling === null) return <p className="message bad" role="alert">{say(error.message)}</p>
  return (
    <div className="message warn" role="alert">
      <p>{say(error.message)}</p>
      <button type="button" className="button" onClick={() => onAgain(overruling.wish)}>
        {t(overruling.words)}
      </button>
    </div>
  )
}
