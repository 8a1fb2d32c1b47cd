/** Group, description and own attributes of what is selected; one step of undo for each field. */
import { ChevronDown, ChevronRight, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Annotation } from '../../../shared/model.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { settings, useSettings } from '../settings.ts'
import { attributeNames, attributeOf, common, DESCRIPTION, groupOf, withAttribute } from './details.ts'
import css from './ObjectDetails.module.css'

export function ObjectDetails() {
  const { t } = useTranslation()
  const selected = useSelected()
  const open = useSettings(({ detailsOpen }) => detailsOpen)
  if (selected.length === 0) return null
  const Chevron = open ? ChevronDown : ChevronRight
  return (
    <div className={css.details}>
      <button type="button" className={css.fold} aria-expanded={open} onClick={() => settings.setState({ detailsOpen: !open })}>
        <Chevron size={14} aria-hidden /> {t('details.title')}
        {selected.length > 1 && <span className="muted">{t('status.selected', { count: selected.length })}</span>}
      </button>
      {open && <Fields key={selected.map(({ id }) => id).join()} selected={selected} />}
    </div>
  )
}

/** Those selected that may be changed. */
function useSelected(): readonly Annotation[] {
  const annotations = useEditorState((state) => state.annotations)
  const selection = useEditorState((state) => state.selection)
  const locked = useEditorState((state) => state.locked)
  return useMemo(
    () => [...selection].filter((id) => !locked.has(id)).flatMap((id) => annotations.get(id) ?? []),
    [annotations, selection, locked],
  )
}

function Fields({ selected }: { readonly selected: readonly Annotation[] }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const change = (to: (annotation: Annotation) => Annotation, reason: string) => void editor.update(selected.map(({ id }) => id), to, reason)
  const set = (name: string, text: string) => change((one) => withAttribute(one, name, text === '' ? undefined : attributeOf(text)), `attribute ${name}`)
  const description = common(selected.map(({ attributes }) => attributes[DESCRIPTION]))
  const group = common(selected.map((annotation) => annotation.group))
  const differ = t('details.differ')
  return (
    <div className={css.fields}>
      <label>
        <span>{t('details.group')}</span>
        <Field
          text={group == null ? '' : String(group)}
          placeholder={group === undefined ? differ : t('details.noGroup')}
          onText={(text) => {
            const to = groupOf(text)
            if (to !== undefined) change((one) => (one.group === to ? one : { ...one, group: to }), 'group')
          }}
        />
      </label>
      <label>
        <span>{t('details.description')}</span>
        <Field
          text={description === undefined ? '' : String(description)}
          placeholder={selected.some(({ attributes }) => attributes[DESCRIPTION] !== description) ? differ : ''}
          onText={(text) => change((one) => withAttribute(one, DESCRIPTION, text === '' ? undefined : text), DESCRIPTION)}
        />
      </label>
      {attributeNames(selected).map((name) => {
        const value = common(selected.map(({ attributes }) => attributes[name]))
        return (
          <label key={name}>
            <span className="ellipsis" title={name}>{name}</span>
            <Field text={value === undefined ? '' : String(value)} placeholder={value === undefined ? differ : ''} onText={(text) => set(name, text)} />
            <button type="button" className="icon-button" aria-label={t('details.remove', { name })} title={t('details.remove', { name })} onClick={() => set(name, '')}>
              <X size={13} aria-hidden />
            </button>
          </label>
        )
      })}
      <NewAttribute onAdd={set} />
    </div>
  )
}

interface FieldProps {
  readonly text: string
  readonly placeholder: string
  readonly onText: (text: string) => void
}

/** Taken over by Enter or by leaving it; Esc brings back what was there. */
function Field({ text, placeholder, onText }: FieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const keep = () => {
    if (typed !== null && typed.trim() !== text) onText(typed.trim())
    setTyped(null)
  }
  return (
    <input
      className="field"
      value={typed ?? text}
      placeholder={placeholder}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') keep()
        if (event.key === 'Escape') setTyped(null)
      }}
    />
  )
}

/** `weather` and `fog`: with both the attribute is there. */
function NewAttribute({ onAdd }: { readonly onAdd: (name: string, text: string) => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const add = () => {
    if (name.trim() === '' || value.trim() === '') return
    onAdd(name.trim(), value.trim())
    setName('')
    setValue('')
  }
  return (
    <form
      className={css.added}
      onSubmit={(event) => {
        event.preventDefault()
        add()
      }}
    >
      <input className="field" value={name} aria-label={t('details.name')} placeholder={t('details.name')} onChange={({ target }) => setName(target.value)} />
      <input className="field" value={value} aria-label={t('details.value')} placeholder={t('details.value')} onBlur={add} onChange={({ target }) => setValue(target.value)} />
      {/* Enter in a form without a button of its own does nothing once it has two fields. */}
      <button type="submit" className="visually-hidden" tabIndex={-1}>
        {t('details.add')}
      </button>
    </form>
  )
}
