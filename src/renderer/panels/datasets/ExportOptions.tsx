/** Choices that a format leaves to the person, as lists; the same for reading and for writing. */
import { useTranslation } from 'react-i18next'
import type { FormatRow } from '../../../shared/appContract.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from './Datasets.module.css'

interface FormatOptionsProps {
  readonly options: FormatRow['options']
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (values: Readonly<Record<string, string>>) => void
}

export function FormatOptions({ options, values, onChange }: FormatOptionsProps) {
  const { t } = useTranslation()
  const say = useSayProblem()
  return options.map(({ id, help, choices, default: usual }) => (
    <div key={id} className={css.option}>
      <span>
        <label htmlFor={`option-${id}`}>{t(`option.${id}`, { defaultValue: id })}</label>
        <small id={`help-${id}`}>{say(help)}</small>
      </span>
      <select id={`option-${id}`} aria-describedby={`help-${id}`} className="field" value={values[id] ?? usual} onChange={({ target }) => onChange({ ...values, [id]: target.value })}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {t(`choice.${id}.${choice}`, { defaultValue: choice })}
          </option>
        ))}
      </select>
    </div>
  ))
}
