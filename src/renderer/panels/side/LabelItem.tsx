import { Menu } from '@mantine/core'
import { EllipsisVertical, ScanSearch } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelRow } from '../../../shared/appContract.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { setWords } from '../prompt/labelPrompts.ts'
import { afterFocusReturn } from '../parts.tsx'
import { askForLabel } from '../prompt/runPrompt.ts'
import { useSettings } from '../settings.ts'
import css from './Side.module.css'

interface LabelItemProps {
  readonly label: LabelRow
  /** The key that chooses it, or ''. */
  readonly digit: string
  readonly before: LabelRow | undefined
  readonly after: LabelRow | undefined
  readonly onRemove: () => void
  /** It was given the name of that other label. */
  readonly onTaken: (other: LabelRow) => void
}

export function LabelItem(props: LabelItemProps) {
  const { label, digit } = props
  const { t } = useTranslation()
  const editor = useEditor()
  const active = useEditorState(({ activeLabelId }) => activeLabelId === label.id)
  const [editing, setEditing] = useState<'name' | 'words' | null>(null)
  const words = useSettings(({ labelPrompts }) => labelPrompts[String(label.id)]) ?? label.name
  const hasImage = useEditorState(({ image }) => image !== null)
  const ask = t('labels.ask', { words })
  return (
    <li className={css.row} data-active={active}>
      <input
        type="color"
        className={css.color}
        style={{ background: label.color }}
        aria-label={t('labels.recolour', { name: label.name })}
        value={label.color}
        onChange={({ target }) => void editor.updateLabel(label.id, { color: target.value })}
      />
      {editing === 'name' && <Rename label={label} onTaken={props.onTaken} onDone={() => setEditing(null)} />}
      {editing === 'words' && <Words label={label} words={words} onDone={() => setEditing(null)} />}
      {editing === null && (
        <button
          type="button"
          className={css.main}
          aria-pressed={active}
          onClick={() => editor.useLabel(label.id)}
          onDoubleClick={() => setEditing('name')}
        >
          <span className={`${css.name!} ellipsis`} title={label.name}>{label.name}</span>
          {words !== label.name && <span className={`${css.words!} ellipsis`} title={t('labels.words')}>← {words}</span>}
          <span className={css.count}>{label.annotations}</span>
          {digit !== '' && <kbd className="cap">{digit}</kbd>}
        </button>
      )}
      <button type="button" className={`icon-button ${css.more!}`} aria-label={ask} title={ask} disabled={!hasImage} onClick={() => askForLabel(editor, label)}>
        <ScanSearch size={14} aria-hidden />
      </button>
      <LabelMenu {...props} onEdit={setEditing} ask={ask} />
    </li>
  )
}

function Rename({ label, onTaken, onDone }: Pick<LabelItemProps, 'label' | 'onTaken'> & { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const keep = (name: string) => {
    onDone()
    if (name === '' || name === label.name) return
    const other = editor.state.labels.find((one) => one.id !== label.id && one.name === name.normalize('NFC'))
    if (other) onTaken(other)
    else void editor.updateLabel(label.id, { name })
  }
  return (
    <input
      className={`field ${css.rename!}`}
      autoFocus
      aria-label={t('labels.name')}
      defaultValue={label.name}
      onFocus={({ target }) => target.select()}
      onBlur={({ target }) => keep(target.value.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep(event.currentTarget.value.trim())
        if (event.key === 'Escape') onDone()
      }}
    />
  )
}

/** What the models are asked for when this label is wanted. */
function Words({ label, words, onDone }: { readonly label: LabelRow; readonly words: string; readonly onDone: () => void }) {
  const { t } = useTranslation()
  const keep = (text: string) => {
    if (text.trim() !== words) setWords(label, text)
    onDone()
  }
  return (
    <input
      className={`field ${css.rename!}`}
      autoFocus
      aria-label={t('labels.wordsOf', { name: label.name })}
      placeholder={label.name}
      defaultValue={words}
      onFocus={({ target }) => target.select()}
      onBlur={({ target }) => keep(target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep(event.currentTarget.value)
        if (event.key === 'Escape') onDone()
      }}
    />
  )
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

interface LabelMenuProps extends LabelItemProps {
  readonly ask: string
  readonly onEdit: (what: 'name' | 'words') => void
}

function LabelMenu({ label, before, after, ask, onEdit, onRemove }: LabelMenuProps) {
  const { t } = useTranslation()
  const editor = useEditor()
  const labels = useEditorState((state) => state.labels)
  const update = editor.updateLabel.bind(editor)
  /** One call each, so that each is one step of undo: the host makes room, and takes a key from whoever had it. */
  const moveTo = (other: LabelRow) => update(label.id, { order: labels.findIndex(({ id }) => id === other.id) })
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={`icon-button ${css.more!}`} aria-label={t('labels.more', { name: label.name })}>
          <EllipsisVertical size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => askForLabel(editor, label)}>{ask}</Menu.Item>
        <Menu.Item onClick={() => afterFocusReturn(() => onEdit('words'))}>{t('labels.words')}…</Menu.Item>
        <Menu.Item onClick={() => afterFocusReturn(() => onEdit('name'))}>{t('labels.rename')}</Menu.Item>
        <Menu.Sub>
          <Menu.Sub.Target>
            <Menu.Sub.Item>{t('labels.key')}</Menu.Sub.Item>
          </Menu.Sub.Target>
          <Menu.Sub.Dropdown>
            {DIGITS.map((digit) => (
              <Menu.Item key={digit} onClick={() => void update(label.id, { key: digit })}>
                {digit} {labels.find(({ key }) => key === digit)?.name ?? ''}
              </Menu.Item>
            ))}
          </Menu.Sub.Dropdown>
        </Menu.Sub>
        <Menu.Item disabled={!before} onClick={() => before && void moveTo(before)}>
          {t('labels.up')}
        </Menu.Item>
        <Menu.Item disabled={!after} onClick={() => after && void moveTo(after)}>
          {t('labels.down')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="var(--bad-text)" onClick={onRemove}>
          {t('labels.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
