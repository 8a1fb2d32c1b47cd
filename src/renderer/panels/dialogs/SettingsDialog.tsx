import { useTranslation } from 'react-i18next'
import { LANGUAGES, type Language } from '../../i18n/index.ts'
import { PRESET_NAMES, WHEEL_OF_PRESET, WHEELS, type PresetName } from '../../keys/presets.ts'
import { settings, useSettings, type Settings } from '../settings.ts'
import { HINTED_TOOLS } from '../bar/HintBar.tsx'
import { openDialog } from '../windowState.ts'
import { Dialog } from './Dialog.tsx'
import css from './Dialogs.module.css'

const THEMES = ['system', 'dark', 'light'] as const

export function SettingsDialog() {
  const { t } = useTranslation()
  const { theme, language, preset, wheel, runOnArrival, hintsClosed } = useSettings((value) => value)
  return (
    <Dialog title={t('settings.title')} size={440}>
      <div className={css.settings}>
        <Choice autoFocus label={t('settings.theme')} value={theme} onChange={(value) => settings.setState({ theme: value as Settings['theme'] })}>
          {THEMES.map((name) => [name, t(`settings.theme.${name}`)])}
        </Choice>
        <Choice label={t('settings.language')} value={language} onChange={(value) => settings.setState({ language: value as Language })}>
          {Object.entries(LANGUAGES)}
        </Choice>
        <Choice label={t('keys.preset')} value={preset} onChange={(value) => settings.setState({ preset: value as PresetName })}>
          {PRESET_NAMES.map((name) => [name, t(`keys.preset.${name}`)])}
        </Choice>
        <Choice label={t('settings.wheel')} value={wheel} onChange={(value) => settings.setState({ wheel: value as Settings['wheel'] })}>
          {[
            ['preset', t('settings.wheel.preset', { does: t(`settings.wheel.${WHEEL_OF_PRESET[preset]}`) })],
            ...WHEELS.map((name) => [name, t(`settings.wheel.${name}`)] as const),
          ]}
        </Choice>
      </div>
      <label className="check">
        <input type="checkbox" checked={runOnArrival} onChange={({ target }) => settings.setState({ runOnArrival: target.checked })} />
        {t('prompt.onArrivalWhat')}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={hintsClosed.length < HINTED_TOOLS.length}
          onChange={({ target }) => settings.setState({ hintsClosed: target.checked ? [] : [...HINTED_TOOLS] })}
        />
        {t('settings.hints')}
      </label>
      <div className={css.footer}>
        <button type="button" className="button" onClick={() => openDialog('keys')}>
          {t('settings.keys')}
        </button>
      </div>
    </Dialog>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoFocus?: boolean
  readonly children: readonly (readonly [value: string, text: string])[]
}

export function Choice({ label, value, onChange, autoFocus, children }: ChoiceProps) {
  return (
    <label className={css.choice}>
      <span>{label}</span>
      <select className="field" data-autofocus={autoFocus} value={value} onChange={({ target }) => onChange(target.value)}>
        {children.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
