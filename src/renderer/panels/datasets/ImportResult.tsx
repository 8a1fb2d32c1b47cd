/** What an import brought, and the way back. */
import { useTranslation } from 'react-i18next'
import type { FormatRow, ImportReport } from '../../../shared/appContract.ts'
import { shortPath } from '../paths.ts'
import { closeDialog } from '../windowState.ts'
import { useTakeBack } from './ImportHistory.tsx'
import { ImportFacts } from './ImportPreview.tsx'
import { ImportProblems } from './ImportProblems.tsx'
import css from './Datasets.module.css'

export function ImportResult({ report, formats }: { readonly report: ImportReport; readonly formats: readonly FormatRow[] }) {
  const { t } = useTranslation()
  const { said, isTaken, takeBack, stop } = useTakeBack()
  return (
    <>
      <p className={css.lead} title={report.place}>
        {t('import.came', { objects: t('count.objects', { count: report.objects.added }), format: formats.find(({ id }) => id === report.format)?.name, place: shortPath(report.place) })}
      </p>
      <ImportFacts report={report} />
      <ImportProblems report={report} />
      <div className={css.footer}>
        <span className={css.gap} role="status">{said}</span>
        <button type="button" className="button large" disabled={isTaken} onClick={stop ?? (() => void takeBack(report.id!))}>
          {t(stop ? 'import.stop' : 'import.takeBack')}
        </button>
        <button type="button" className="button primary large" autoFocus onClick={closeDialog}>
          {t('close')}
        </button>
      </div>
    </>
  )
}
