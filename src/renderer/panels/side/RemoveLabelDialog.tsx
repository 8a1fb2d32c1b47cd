/** Removing a label asks where its objects go; this is also how two labels become one. */
import { Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelRow } from '../../../shared/appContract.ts'
import { useEditor } from '../../editor/index.ts'
import css from './Side.module.css'

interface RemoveLabelProps {
  readonly label: LabelRow
  readonly others: readonly LabelRow[]
  readonly onClose: () => void
}

export function RemoveLabelDialog({ label, others, onClose }: RemoveLabelProps) {
  const { t } = useTranslation()
  const editor = useEditor()
  const [into, setInto] = useState<LabelRow | null>(others[0] ?? null)
  const remove = () => {
    void editor.removeLabel(label.id, label.annotations > 0 ? (into?.id ?? null) : null)
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={t('labels.removeTitle', { name: label.name })} size="sm" closeButtonProps={{ 'aria-label': t('close') }}>
      {label.annotations === 0 ? (
        <p>{t('labels.removeUnused')}</p>
      ) : (
        <fieldset className={css.choices}>
          <legend>{t('labels.removeWhere', { count: label.annotations })}</legend>
          {others.map((other) => (
            <label className="check" key={other.id}>
              <input type="radio" name="into" checked={into?.id === other.id} onChange={() => setInto(other)} />
              <span className="swatch" style={{ background: other.color }} /> {other.name}
            </label>
          ))}
          <label className="check">
            <input type="radio" name="into" checked={into === null} onChange={() => setInto(null)} />
            {t('labels.removeObjects')}
          </label>
        </fieldset>
      )}
      <div className={css.buttons}>
        <button type="button" className="button" onClick={onClose}>
          {t('cancel')}
        </button>
        <button type="button" className="button danger" onClick={remove}>
          {t('labels.remove')}
        </button>
      </div>
    </Modal>
  )
}
