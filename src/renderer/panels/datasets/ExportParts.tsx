/** The parts of the export dialog: format, objects and labels, split. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportWish, WritableFormatRow } from '../../../shared/appContract.ts'
import { useEditorState } from '../../editor/index.ts'
import type { ExportDraft, LabelCounts } from './useExport.ts'
import css from './Datasets.module.css'

interface FormatListProps {
  readonly formats: readonly WritableFormatRow[]
  readonly chosen: string
  readonly onChange: (part: Partial<ExportDraft>) => void
}

export function FormatList({ formats, chosen, onChange }: FormatListProps) {
  const { t } = useTranslation()
  const list = useRef<HTMLFieldSetElement>(null)
  // The formats are there a moment after the dialog, which has looked for where the focus goes.
  useEffect(() => list.current?.querySelector<HTMLElement>(':checked')?.focus(), [])
  return (
    <fieldset ref={list} className={css.formats}>
      <legend className="visually-hidden">{t('export.format')}</legend>
      {formats.map(({ id, name }) => (
        <label key={id} className={css.format} data-active={chosen === id}>
          <input
            type="radio"
            name="format"
            className="visually-hidden"
            checked={chosen === id}
            onChange={() => onChange({ format: id, name: null })}
          />
          <strong>{name}</strong>
          <span className="muted">{t(`format.${id}`, { defaultValue: '' })}</span>
        </label>
      ))}
    </fieldset>
  )
}

interface PartProps {
  readonly draft: ExportDraft
  readonly onChange: (part: Partial<ExportDraft>) => void
}

export function LabelChoice({ counts, draft, onChange }: PartProps & { readonly counts: LabelCounts }) {
  const { t } = useTranslation()
  const labels = useEditorState((state) => state.labels)
  const colourOf = (name: string) => labels.find((label) => label.name === name)?.color
  const wanted = ({ accepted, proposed }: LabelCounts[number]) => accepted + (draft.proposals ? proposed : 0)
  const kept = counts.filter(({ label }) => !draft.without.has(label))
  const toggle = (label: string, on: boolean) => {
    const without = new Set(draft.without)
    if (on) without.delete(label)
    else without.add(label)
    onChange({ without })
  }
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={!draft.proposals} onChange={({ target }) => onChange({ proposals: !target.checked })} />
        {t('export.acceptedOnly')}
      </label>
      {counts.length > 1 && (
        <label className={`check ${css.all!}`}>
          <input
            type="checkbox"
            checked={draft.without.size === 0}
            ref={(box) => {
              if (box) box.indeterminate = kept.length > 0 && kept.length < counts.length
            }}
            onChange={({ target }) => onChange({ without: new Set(target.checked ? [] : counts.map(({ label }) => label)) })}
          />
          {t('export.allLabels', { count: counts.length })}
        </label>
      )}
      <ul className={css.labels} aria-label={t('labels.title')}>
        {counts.map((row) => (
          <li key={row.label}>
            <label className="check">
              <input type="checkbox" checked={!draft.without.has(row.label)} onChange={({ target }) => toggle(row.label, target.checked)} />
              <span className="swatch" style={{ background: colourOf(row.label) }} />
              <span className="ellipsis" title={row.label}>{row.label}</span>
              <span className={css.count}>{wanted(row)}</span>
            </label>
          </li>
        ))}
        {counts.length === 0 && <li className={css.none}>{t('export.noLabels')}</li>}
      </ul>
      <p className={css.sum} role="status">
        {t('export.sum', { objects: t('count.objects', { count: kept.reduce((sum, row) => sum + wanted(row), 0) }), labels: t('count.labels', { count: kept.length }) })}
      </p>
    </>
  )
}

type Split = NonNullable<ExportWish['split']>

const PARTS = ['train', 'val', 'test'] as const
const NEW_SPLIT: Split = { shares: [80, 10, 10], groupBy: 'image', seed: 0 }

export function SplitChoice({ draft: { split }, onChange }: PartProps) {
  const { t } = useTranslation()
  const change = (part: Partial<Split>) => split && onChange({ split: { ...split, ...part } })
  return (
    <>
      <label className={css.option}>
        <span>{t('export.split')}</span>
        <select className="field" value={split ? 'new' : 'kept'} onChange={({ target }) => onChange({ split: target.value === 'new' ? NEW_SPLIT : null })}>
          <option value="kept">{t('export.split.kept')}</option>
          <option value="new">{t('export.split.new')}</option>
        </select>
      </label>
      {split && (
        <div className={css.split}>
          {PARTS.map((part, n) => (
            <NumberField key={part} label={`${part} %`} value={split.shares[n]!} most={100} onChange={(share) => change({ shares: split.shares.with(n, share) })} />
          ))}
          <NumberField label={t('export.split.seed')} value={split.seed} most={999_999} onChange={(seed) => change({ seed: Math.round(seed) })} />
          <label>
            <span>{t('export.split.group')}</span>
            <select className="field" value={split.groupBy} onChange={({ target }) => change({ groupBy: target.value as Split['groupBy'] })}>
              <option value="image">{t('export.split.image')}</option>
              <option value="folder">{t('export.split.folder')}</option>
            </select>
          </label>
        </div>
      )}
    </>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly value: number
  readonly most: number
  readonly onChange: (value: number) => void
}

function NumberField({ label, value, most, onChange }: NumberFieldProps) {
  const take = (text: string) => {
    const number = Number(text)
    if (Number.isFinite(number)) onChange(Math.min(most, Math.max(0, number)))
  }
  return (
    <label>
      <span>{label}</span>
      <input className="field" type="number" min={0} max={most} value={value} onChange={({ target }) => take(target.value)} />
    </label>
  )
}
