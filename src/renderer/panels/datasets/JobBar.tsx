import { useTranslation } from 'react-i18next'
import css from './Datasets.module.css'

interface JobBarProps {
  readonly title: string
  readonly done: number
  /** 0 where nobody knows yet. */
  readonly total: number
}

/** How far a long call is. */
export function JobBar({ title, done, total }: JobBarProps) {
  const { t } = useTranslation()
  const percent = total === 0 ? 0 : Math.min(100, Math.round((done / total) * 100))
  return (
    <span className={css.progress}>
      <span className="bar" role="progressbar" aria-label={title} aria-valuenow={total === 0 ? undefined : percent}>
        <div style={{ width: `${String(percent)}%` }} />
      </span>
      <span className="muted">{total === 0 ? t('job.images', { count: done }) : t('export.progress', { done, total })}</span>
    </span>
  )
}
