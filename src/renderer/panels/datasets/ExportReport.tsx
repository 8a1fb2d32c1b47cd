/** What was exported, how it compares with the project when read again, and what is not quite as it was. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportResult } from '../../../shared/appContract.ts'
import { toWireError } from '../../../shared/errors.ts'
import { bridge } from '../../bridge.ts'
import { useEditor } from '../../editor/index.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { closeDialog } from '../windowState.ts'
import css from './Datasets.module.css'

export function ExportReport({ report }: { readonly report: ExportResult }) {
  const { t } = useTranslation()
  const written = Object.values(report.annotations).reduce((sum, count) => sum + count, 0)
  return (
    <>
      <p className={css.lead}>
        {t('export.written', { objects: t('count.objects', { count: written }), images: t('count.images', { count: report.images }) })}
      </p>
      <p className={css.path}>{report.path}</p>
      <Counts annotations={report.annotations} />
      <Verified verified={report.verified} />
      <Changes changes={report.changes} />
      <Differences report={report} />
      <p className={css.small}>
        {t('export.reportFile')} <span className={css.selectable}>{report.reportFile}</span>
      </p>
      <Actions path={report.path} />
    </>
  )
}

function Counts({ annotations }: Pick<ExportResult, 'annotations'>) {
  const { t } = useTranslation()
  return (
    <ul className={css.counts} aria-label={t('labels.title')}>
      {Object.entries(annotations).map(([label, count]) => (
        <li key={label}>
          <span className="ellipsis" title={label}>{label}</span>
          <span className={css.count}>{count}</span>
        </li>
      ))}
    </ul>
  )
}

function Verified({ verified }: Pick<ExportResult, 'verified'>) {
  const { t } = useTranslation()
  if (verified === null) return <p className={css.small}>{t('export.notRead')}</p>
  const { objects, boxes, masks } = verified
  const boxWords =
    boxes.compared === 0
      ? t('export.boxes.none')
      : boxes.exact === boxes.compared
        ? t('export.boxes.exact')
        : t('export.boxes.moved', { exact: boxes.exact, compared: boxes.compared, most: boxes.largestMove.toPrecision(2) })
  const maskWords =
    masks.compared === 0
      ? t('export.masks.none')
      : masks.exact === masks.compared
        ? t('export.masks.exact')
        : t('export.masks.near', { exact: masks.exact, compared: masks.compared, least: masks.smallestIou.toFixed(4) })
  return (
    <p className="message good">
      {t('export.verified', { objects: t('count.objects', { count: objects }) })} {boxWords} {maskWords}
    </p>
  )
}

/** How often what kind of thing is not as in the project, and why. */
function Changes({ changes }: Pick<ExportResult, 'changes'>) {
  const { t } = useTranslation()
  const say = useSayProblem()
  if (changes.length === 0) return null
  return (
    <>
      <h3 className={css.heading}>{t('export.changes')}</h3>
      <ul className={css.changes}>
        {changes.map(({ words, count }) => (
          <li key={words}>
            <strong>{count}</strong>
            <span>{say(words)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Differences({ report: { skipped, notes } }: { readonly report: ExportResult }) {
  const { t } = useTranslation()
  const say = useSayProblem()
  const rows = [...skipped.map((note) => ({ ...note, isOut: true })), ...notes.map((note) => ({ ...note, isOut: false }))]
  if (rows.length === 0) return null
  return (
    <>
      <h3 className={css.heading}>{t('export.differences', { count: rows.length })}</h3>
      <div className={css.tableBox} tabIndex={0} role="region" aria-label={t('export.differences', { count: rows.length })}>
        <table>
          <tbody>
            {rows.map(({ image, reason, isOut }, n) => (
              <tr key={n}>
                <td className={css.file} title={image}>{image}</td>
                <td>{say(reason)}</td>
                <td>{isOut && <span className="chip warn">{t('export.leftOut')}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Actions({ path }: { readonly path: string }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const [copied, setCopied] = useState(false)
  const show = () => {
    editor.api['host.showInFolder']({ path }).catch((error: unknown) => editor.report(toWireError(error).message))
  }
  return (
    <div className={css.footer}>
      <span className={css.gap} />
      {bridge && (
        <button type="button" className="button large" onClick={show}>
          {t('export.show')}
        </button>
      )}
      <button type="button" className="button large" onClick={() => void navigator.clipboard.writeText(path).then(() => setCopied(true))}>
        {t(copied ? 'export.copied' : 'export.copyPath')}
      </button>
      <button type="button" className="button primary large" autoFocus onClick={closeDialog}>
        {t('close')}
      </button>
    </div>
  )
}
