import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CheckFinding, CheckRule } from '../../../shared/appContract.ts'
import { useSayProblem } from '../useSayProblem.ts'
import type { CheckState } from './checkWork.ts'
import css from './Check.module.css'

export type RowOf = { readonly rule: CheckRule; readonly count: number } | { readonly finding: CheckFinding; readonly at: number }

interface CheckRowProps {
  readonly row: RowOf
  /** Place of the finding that is looked at. */
  readonly shown: number
  readonly mended: CheckState['mended']
  readonly onShow: (at: number) => void
}

/** The heading of a rule, or one finding. */
export function CheckRow({ row, shown, mended, onShow }: CheckRowProps) {
  const { t } = useTranslation()
  const say = useSayProblem()
  if ('rule' in row)
    return (
      <h3 className={css.rule} role="presentation">
        <span className="ellipsis">{t(`check.rule.${row.rule.id}`, { defaultValue: row.rule.name })}</span>
        <span className={css.count}>{row.count}</span>
      </h3>
    )
  const { finding, at } = row
  const isMended = mended.has(at)
  return (
    <div id={`finding-${String(at)}`} role="option" aria-selected={at === shown} className={css.finding} data-mended={isMended} onClick={() => onShow(at)}>
      <span className={css.words}>
        <strong>{finding.where}</strong>
        <span>{say(finding.words)}</span>
      </span>
      {isMended && (
        <span className={css.done}>
          <Check size={15} aria-hidden /> <span className="visually-hidden">{t('check.mended')}</span>
        </span>
      )}
    </div>
  )
}
