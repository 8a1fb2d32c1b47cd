/** Every command with its keys: searchable, rebindable, conflicts shown. */
import { RotateCcw, TriangleAlert, X } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { chordOf, chordText } from '../../keys/chord.ts'
import { useKeymap } from '../../keys/context.ts'
import { conflictsOf } from '../../keys/keymap.ts'
import { PRESET_NAMES, type PresetName } from '../../keys/presets.ts'
import { commands, commandsById, type Command } from '../commands.ts'
import { Chord } from '../parts.tsx'
import { settings, useSettings } from '../settings.ts'
import { Dialog } from './Dialog.tsx'
import { Choice } from './SettingsDialog.tsx'
import css from './Dialogs.module.css'

const GROUPS = ['run', 'review', 'image', 'tool', 'label', 'edit', 'object', 'view', 'brush', 'file', 'window', 'help'] as const

export function KeysDialog() {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const preset = useSettings((value) => value.preset)
  const { chords } = useKeymap()
  const needle = search.trim().toLowerCase()
  const matches = ({ id, titleKey }: Command) =>
    `${t(titleKey)} ${(chords.get(id) ?? []).map((chord) => chordText(chord)).join(' ')}`.toLowerCase().includes(needle)
  return (
    <Dialog title={t('keys.title')} size={640}>
      <div className={css.keysTop}>
        <input className="field" data-autofocus aria-label={t('keys.search')} placeholder={t('keys.search')} value={search} onChange={({ target }) => setSearch(target.value)} />
        <Choice label={t('keys.preset')} value={preset} onChange={(value) => settings.setState({ preset: value as PresetName })}>
          {PRESET_NAMES.map((name) => [name, t(`keys.preset.${name}`)])}
        </Choice>
      </div>
      <div className={css.keys} tabIndex={0} role="region" aria-label={t('keys.title')}>
        {GROUPS.map((group) => {
          const rows = commands.filter((command) => command.group === group && matches(command))
          return rows.length === 0 ? null : (
            <section key={group}>
              <h3>{t(`group.${group}`)}</h3>
              {rows.map((command) => (
                <KeyRow key={command.id} command={command} />
              ))}
            </section>
          )
        })}
      </div>
      <div className={css.footer}>
        <span className="muted">{t('keys.hint')}</span>
        <span className={css.gap} />
        <button type="button" className="button" onClick={() => settings.setState({ keys: {} })}>
          {t('keys.restore')}
        </button>
      </div>
    </Dialog>
  )
}

function KeyRow({ command: { id, titleKey } }: { readonly command: Command }) {
  const { t } = useTranslation()
  const keymap = useKeymap()
  const own = useSettings(({ keys }) => keys[id])
  const [listening, setListening] = useState(false)
  const chords = keymap.chords.get(id) ?? []
  const conflicts = conflictsOf(keymap, id).map((other) => t(commandsById.get(other)!.titleKey))
  const bind = (keys: readonly string[] | null) => {
    const others = Object.entries(settings.getState().keys).filter(([other]) => other !== id)
    settings.setState({ keys: Object.fromEntries(keys === null ? others : [...others, [id, [...keys]]]) })
  }
  const listen = (event: KeyboardEvent) => {
    if (!listening) return
    event.preventDefault()
    event.stopPropagation()
    const chord = chordOf(event)
    if (chord === null) return
    setListening(false)
    bind([chord])
  }
  return (
    <div className={css.keyRow}>
      <span className="ellipsis">{t(titleKey)}</span>
      {conflicts.length > 0 && (
        <span className={css.conflict} title={t('keys.conflict', { others: conflicts.join(', ') })}>
          <TriangleAlert size={14} aria-label={t('keys.conflict', { others: conflicts.join(', ') })} />
        </span>
      )}
      <button
        type="button"
        className={css.binding}
        data-listening={listening}
        aria-label={t('keys.rebind', { command: t(titleKey) })}
        onClick={() => setListening(true)}
        onBlur={() => setListening(false)}
        onKeyDownCapture={listen}
      >
        {listening ? t('keys.press') : chords.length === 0 ? '—' : chords.map((chord) => <Chord key={chord} chord={chord} />)}
      </button>
      <button type="button" className="icon-button" aria-label={t('keys.clear', { command: t(titleKey) })} title={t('keys.clear', { command: t(titleKey) })} disabled={chords.length === 0} onClick={() => bind([])}>
        <X size={14} aria-hidden />
      </button>
      <button type="button" className="icon-button" aria-label={t('keys.reset', { command: t(titleKey) })} title={t('keys.reset', { command: t(titleKey) })} disabled={own === undefined} onClick={() => bind(null)}>
        <RotateCcw size={13} aria-hidden />
      </button>
    </div>
  )
}
