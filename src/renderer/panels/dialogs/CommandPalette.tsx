/** Every command, found by typing parts of its name. */
import { Modal } from '@mantine/core'
import { useMemo, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor } from '../../editor/index.ts'
import { commands, type Command } from '../commands.ts'
import { Keys } from '../parts.tsx'
import { closeDialog } from '../windowState.ts'
import css from './Dialogs.module.css'

/** Every word of the search is somewhere in the text. */
function matchesWords(text: string, search: string): boolean {
  const where = text.toLowerCase()
  return search.toLowerCase().split(/\s+/).every((word) => where.includes(word))
}

export function CommandPalette() {
  const { t } = useTranslation()
  const editor = useEditor()
  const [search, setSearch] = useState('')
  const [at, setAt] = useState(0)
  const found = useMemo(
    () => {
      const usable = commands.map((command) => ({ command, title: t(command.titleKey) })).filter(({ command }) => command.enabled(editor))
      const textOf = ({ command, title }: (typeof usable)[number]) =>
        `${t(`group.${command.group}`)} ${title} ${t(`also.${command.id}`, { defaultValue: '' })}`
      const matching = usable.filter((entry) => matchesWords(textOf(entry), search))
      const starts = ({ title }: { title: string }) => title.toLowerCase().startsWith(search.toLowerCase())
      return [...matching.filter(starts), ...matching.filter((entry) => !starts(entry))].map(({ command }) => command)
    },
    [editor, search, t],
  )
  const run = (command: Command | undefined) => {
    if (!command) return
    closeDialog()
    command.perform(editor)
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const next = (at + step + found.length) % Math.max(1, found.length)
      setAt(next)
      document.getElementById(`palette-${String(next)}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(found[at])
    }
  }
  return (
    <Modal
      opened
      onClose={closeDialog}
      title={t('action.window.palette')}
      withCloseButton={false}
      centered={false}
      yOffset="12vh"
      size={520}
      padding={0}
      classNames={{ header: 'visually-hidden', body: css.palette! }}
    >
      <input
        autoFocus
        data-autofocus
        className={css.paletteInput}
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={`palette-${String(at)}`}
        aria-label={t('palette.search')}
        placeholder={t('palette.search')}
        value={search}
        onChange={({ target }) => {
          setSearch(target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div id="palette-list" role="listbox" aria-label={t('action.window.palette')} className={css.paletteList}>
        {found.map((command, index) => (
          <div
            key={command.id}
            id={`palette-${String(index)}`}
            role="option"
            aria-selected={index === at}
            className={css.paletteItem}
            onPointerMove={() => setAt(index)}
            onClick={() => run(command)}
          >
            <span className={css.paletteGroup}>{t(`group.${command.group}`)}</span>
            <span className="ellipsis">{t(command.titleKey)}</span>
            <span className={css.gap} />
            <Keys of={command.id} />
          </div>
        ))}
        {found.length === 0 && <p className={css.none}>{t('palette.nothing')}</p>}
      </div>
    </Modal>
  )
}
