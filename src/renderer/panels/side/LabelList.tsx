/** The labels of the project: which one is drawn next, their colours, keys and counts. */
import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelRow } from '../../../shared/appContract.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { IconButton } from '../parts.tsx'
import { LabelItem } from './LabelItem.tsx'
import { MergeLabelsDialog } from './MergeLabelsDialog.tsx'
import { RemoveLabelDialog } from './RemoveLabelDialog.tsx'
import { Section } from './Section.tsx'
import css from './Side.module.css'

export function LabelList() {
  const { t } = useTranslation()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<LabelRow | null>(null)
  const [merging, setMerging] = useState<{ readonly label: LabelRow; readonly into: LabelRow } | null>(null)
  const unordered = useEditorState(({ labels }) => labels)
  const labels = useMemo(() => unordered.toSorted((a, b) => a.order - b.order), [unordered])
  return (
    <Section
      title={t('labels.title')}
      className={css.labels}
      aside={<IconButton label={t('labels.add')} icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)} />}
    >
      <ul className={css.list}>
        {labels.map((label, index) => (
          <LabelItem
            key={label.id}
            label={label}
            digit={label.key ?? (index < 9 ? String(index + 1) : '')}
            before={labels[index - 1]}
            after={labels[index + 1]}
            onRemove={() => setRemoving(label)}
            onTaken={(into) => setMerging({ label, into })}
          />
        ))}
      </ul>
      {adding && <NewLabel onDone={() => setAdding(false)} />}
      {labels.length === 0 && !adding && <p className={css.empty}>{t('labels.empty')}</p>}
      {removing && <RemoveLabelDialog label={removing} others={labels.filter(({ id }) => id !== removing.id)} onClose={() => setRemoving(null)} />}
      {merging && <MergeLabelsDialog {...merging} onClose={() => setMerging(null)} />}
    </Section>
  )
}

function NewLabel({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  return (
    <div className={css.newLabel}>
      <input
        className="field"
        autoFocus
        aria-label={t('labels.name')}
        placeholder={t('labels.name')}
        onBlur={onDone}
        onKeyDown={(event) => {
          const name = event.currentTarget.value.trim()
          if (event.key === 'Enter' && name !== '') void editor.addLabel(name)
          if (event.key === 'Enter' || event.key === 'Escape') onDone()
        }}
      />
    </div>
  )
}
