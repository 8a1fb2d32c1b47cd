import { Menu } from '@mantine/core'
import { EllipsisVertical } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelRow } from '../../../shared/appContract.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { promptFor } from '../prompts.ts'
import { runPrompt } from '../runPrompt.ts'
import { settings } from '../settings.ts'
import css from './Side.module.css'

interface LabelItemProps {
  readonly label: LabelRow
  /** The key that chooses it, or ''. */
  readonly digit: string
  readonly before: LabelRow | undefined
  readonly after: LabelRow | undefined
  readonly onRemove: () => void
}

export function LabelItem(props: LabelItemProps) {
  const { label, digit } = props
  const { t } = useTranslation()
  const editor = useEditor()
  const active = useEditorState(({ activeLabelId }) => activeLabelId === label.id)
  const [renaming, setRenaming] = useState(false)
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
      {renaming ? (
        <Rename label={label} onDone={() => setRenaming(false)} />
      ) : (
        <button
          type="button"
          className={css.main}
          aria-pressed={active}
          onClick={() => editor.useLabel(label.id)}
          onDoubleClick={() => setRenaming(true)}
        >
          <span className={`${css.name!} ellipsis`}>{label.name}</span>
          <span className={css.count}>{label.annotations}</span>
          {digit !== '' && <kbd className="cap">{digit}</kbd>}
        </button>
      )}
      <LabelMenu {...props} onRename={() => setRenaming(true)} />
    </li>
  )
}

function Rename({ label, onDone }: { readonly label: LabelRow; readonly onDone: () => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const keep = (name: string) => {
    if (name !== '' && name !== label.name) void editor.updateLabel(label.id, { name })
    onDone()
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

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

function LabelMenu({ label, before, after, onRename, onRemove }: LabelItemProps & { readonly onRename: () => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const labels = useEditorState((state) => state.labels)
  const update = editor.updateLabel.bind(editor)
  const swap = async (other: LabelRow) => {
    await update(label.id, { order: other.order })
    await update(other.id, { order: label.order })
  }
  const markWith = () => {
    settings.setState(({ history }) => ({ prompt: promptFor(label.name, history) }))
    runPrompt(editor)
  }
  /** A key belongs to one label: whoever had it loses it. */
  const setKey = async (key: string) => {
    const owner = labels.find((other) => other.key === key && other.id !== label.id)
    if (owner) await update(owner.id, { key: null })
    await update(label.id, { key })
  }
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <button type="button" className={`icon-button ${css.more!}`} aria-label={t('labels.more', { name: label.name })}>
          <EllipsisVertical size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={markWith}>{t('labels.mark')}</Menu.Item>
        <Menu.Item onClick={onRename}>{t('labels.rename')}</Menu.Item>
        <Menu.Sub>
          <Menu.Sub.Target>
            <Menu.Sub.Item>{t('labels.key')}</Menu.Sub.Item>
          </Menu.Sub.Target>
          <Menu.Sub.Dropdown>
            {DIGITS.map((digit) => (
              <Menu.Item key={digit} onClick={() => void setKey(digit)}>
                {digit} {labels.find(({ key }) => key === digit)?.name ?? ''}
              </Menu.Item>
            ))}
          </Menu.Sub.Dropdown>
        </Menu.Sub>
        <Menu.Item disabled={!before} onClick={() => before && void swap(before)}>
          {t('labels.up')}
        </Menu.Item>
        <Menu.Item disabled={!after} onClick={() => after && void swap(after)}>
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
