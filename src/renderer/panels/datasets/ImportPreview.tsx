/** What would come in: images, labels, objects, and what would not and why. */
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FormatRow, ImportReport } from '../../../shared/appContract.ts'
import { useEditorState } from '../../editor/index.ts'
import { shortPath } from '../paths.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { FormatOptions } from './ExportOptions.tsx'
import { FolderBrowser, type ChosenFolder } from '../open/FolderBrowser.tsx'
import { ImportProblems } from './ImportProblems.tsx'
import { JobBar } from './JobBar.tsx'
import type { ImportWork } from './useImport.ts'
import css from './Datasets.module.css'

export interface PreviewProps {
  readonly report: ImportReport
  readonly formats: readonly FormatRow[]
  readonly work: ImportWork
  readonly onBack: () => void
}

export function ImportPreview({ report, formats, work, onBack }: PreviewProps) {
  const { t } = useTranslation()
  const say = useSayProblem()
  const [adding, setAdding] = useState(false)
  const { wish, run, look } = work
  if (adding) return <PictureFolder onBack={() => setAdding(false)} onFolder={(folder) => look({ imageFolders: [...wish.imageFolders, folder] })} />
  const isEmpty = report.objects.added === 0 && report.images.added === 0
  return (
    <>
      <div className={css.scroll}>
        <Format report={report} formats={formats} work={work} />
        <ImportFacts report={report} />
        {report.images.missing > 0 && <Missing report={report} work={work} onAdd={() => setAdding(true)} />}
        <Labels report={report} work={work} />
        <ImportProblems report={report} />
      </div>
      {run.error !== null && <p className="message bad" role="alert">{say(run.error.message)}</p>}
      {isEmpty && <p className={css.small}>{t('import.nothing')}</p>}
      <div className={css.footer}>
        {run.running ? <JobBar title={t('import.title')} done={run.progress?.images ?? 0} total={report.images.total} /> : <span className={css.gap} />}
        <button type="button" className="button large" onClick={run.running ? run.stop : onBack}>
          {t(run.running ? 'cancel' : 'import.back')}
        </button>
        <button type="button" className="button primary large" autoFocus disabled={run.running} onClick={work.start}>
          {t('import.run')}
        </button>
      </div>
    </>
  )
}

function Format({ report, formats, work: { wish, look } }: Omit<PreviewProps, 'onBack'>) {
  const { t } = useTranslation()
  return (
    <>
      <p className={css.lead} title={report.place}>{shortPath(report.place, 80)}</p>
      <label className={css.option}>
        <span>{t('import.format')}</span>
        <select className="field" value={report.format} onChange={({ target }) => look({ format: target.value, options: {} })}>
          {formats.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <FormatOptions
        options={formats.find(({ id }) => id === report.format)?.options ?? []}
        values={wish.options}
        onChange={(options) => look({ options })}
      />
    </>
  )
}

export function ImportFacts({ report: { images, objects } }: Pick<PreviewProps, 'report'>) {
  const { t } = useTranslation()
  const facts = (what: 'images' | 'objects', values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => (
      <div key={name} data-zero={value === 0}>
        <dt>{t(`import.${what}.${name}`)}</dt>
        <dd>{value}</dd>
      </div>
    ))
  return (
    <dl className={css.facts} aria-label={t('import.facts')}>
      {facts('images', { total: images.total, known: images.known, added: images.added, missing: images.missing })}
      {facts('objects', { seen: objects.seen, added: objects.added, known: objects.known, leftOut: objects.leftOut })}
    </dl>
  )
}

function Missing({ report, work: { wish, look }, onAdd }: Pick<PreviewProps, 'report' | 'work'> & { readonly onAdd: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="message warn">
      <p>{t('import.missing', { count: report.images.missing })}</p>
      <div className={css.actions}>
        <button type="button" className="button" onClick={onAdd}>
          {t('import.otherFolder')}
        </button>
        <label className="check">
          <input type="checkbox" checked={wish.missing === 'keep'} onChange={({ target }) => look({ missing: target.checked ? 'keep' : 'skip' })} />
          {t('import.keep')}
        </label>
      </div>
      {wish.imageFolders.map((folder) => (
        <p key={folder} className={css.small} title={folder}>
          {t('import.alsoIn', { folder: shortPath(folder) })}
        </p>
      ))}
    </div>
  )
}

/** Each label of the dataset and what it becomes; nothing is merged unless the person says so. */
function Labels({ report: { labels }, work: { wish, change } }: Pick<PreviewProps, 'report' | 'work'>) {
  const { t } = useTranslation()
  const own = useEditorState((state) => state.labels)
  const become = (name: string, into: string) => {
    const others = Object.entries(wish.labelMap).filter(([label]) => label !== name)
    change({ labelMap: Object.fromEntries(into === '' ? others : [...others, [name, into]]) })
  }
  return (
    <>
      <h3 className={css.heading}>{t('import.labels', { count: labels.length })}</h3>
      <ul className={css.becomes} aria-label={t('import.labels', { count: labels.length })}>
        {labels.map(({ name, objects, isNew, like }) => (
          <li key={name}>
            <span className="ellipsis" title={name}>{name}</span>
            <span className={css.count}>{objects}</span>
            {isNew ? (
              <select className="field" aria-label={t('import.becomes', { name })} value={wish.labelMap[name] ?? ''} onChange={({ target }) => become(name, target.value)}>
                <option value="">{t('import.newLabel')}</option>
                {sorted(own.map((label) => label.name), like).map((other) => (
                  <option key={other} value={other}>
                    {t('import.merge', { name: other })}
                  </option>
                ))}
              </select>
            ) : (
              <span className="muted">{t('import.isThere')}</span>
            )}
            {like !== null && (
              <button
                type="button"
                className="chip warn"
                title={t('import.like', { name: like })}
                aria-pressed={wish.labelMap[name] === like}
                onClick={() => become(name, wish.labelMap[name] === like ? '' : like)}
              >
                <span className="ellipsis">{t('import.mergeLike', { name: like })}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

const sorted = (names: readonly string[], first: string | null) => (first === null ? names : [first, ...names.filter((name) => name !== first)])

function PictureFolder({ onFolder, onBack }: { readonly onFolder: (folder: string) => void; readonly onBack: () => void }) {
  const { t } = useTranslation()
  const [folder, setFolder] = useState<string | null>(null)
  const show = useCallback(({ path }: ChosenFolder) => setFolder(path), [])
  return (
    <>
      <p className={css.lead}>{t('import.whereArePictures')}</p>
      <FolderBrowser onFolder={show} />
      <div className={css.footer}>
        <span className={css.gap} />
        <button type="button" className="button large" onClick={onBack}>
          {t('import.back')}
        </button>
        <button type="button" className="button primary large" disabled={folder === null} onClick={() => folder !== null && onFolder(folder)}>
          {t('import.lookHere')}
        </button>
      </div>
    </>
  )
}
