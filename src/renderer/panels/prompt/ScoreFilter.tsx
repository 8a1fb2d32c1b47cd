/** Proposals below this score are not made. */
import { Popover } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { settings, useSettings } from '../settings.ts'
import css from './PromptBar.module.css'

export function ScoreFilter() {
  const { t } = useTranslation()
  const minScore = useSettings((value) => value.minScore)
  return (
    <Popover position="bottom" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="chip" aria-pressed={minScore > 0} title={t('prompt.scoreWhat')}>
          {minScore > 0 ? t('prompt.score', { score: minScore.toFixed(2) }) : t('prompt.anyScore')}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('prompt.scoreWhat')}>
        <div className={css.score}>
          <label htmlFor="min-score">{t('prompt.scoreWhat')}</label>
          <input
            id="min-score"
            className="range"
            type="range"
            min={0}
            max={0.95}
            step={0.05}
            value={minScore}
            onChange={({ target }) => settings.setState({ minScore: Number(target.value) })}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
