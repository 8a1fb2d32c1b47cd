/** A label was given the name of another one: the two may become one. */
import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { LabelRow } from '../../../shared/appContract.ts'
import { useEditor } from '../../editor/index.ts'
import css from './Side.module.css'

interface MergeLabelsProps {
  readonly label: LabelRow
  readonly into: LabelRow
  readonly onClose: () => void
}

export function MergeLabelsDialog({ label, into, onClose }: MergeLabelsProps) {
  const { t } = useTranslation()
  const editor = useEditor()
  const merge = () => {
    void editor.removeLabel(label.id, into.id)
    onClose()
  }
  const names = { from: label.name, into: into.name }
  return (
    <Modal opened onClose={onClose} title={t('labels.mergeTitle', names)} size="sm" closeButtonProps={{ 'aria-label': t('close') }}>
      <p>{label.annotations === 0 ? t('labels.mergeUnused', names) : t('labels.mergeWhat', { ...names, count: label.annotations })}</p>
      <div className={css.buttons}>
        <button type="button" className="button" onClick={onClose}>
          {t('cancel')}
        </button>
        <button type="button" className="button primary" data-autofocus onClick={merge}>
          {t('labels.merge')}
        </button>
      </div>
    </Modal>
  )
}
