/** Fewer corners for the selected objects: seen on the image while the tolerance is chosen, then applied or left. */
import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { applySimplify, cancelSimplify, previewSimplify, useEditor, type SimplifyReport } from '../../editor/index.ts'
import { commandsById } from '../commands.ts'
import { closeDialog } from '../windowState.ts'
import css from '../datasets/Datasets.module.css'

/** Image pixels. */
const TOLERANCE = { first: 1, least: 0.25, most: 12, step: 0.25 } as const

export function SimplifyDialog() {
  const { t } = useTranslation()
  const editor = useEditor()
  const [tolerance, setTolerance] = useState<number>(TOLERANCE.first)
  const [report, setReport] = useState<SimplifyReport | null>(null)
  useEffect(() => setReport(previewSimplify(editor, tolerance)), [editor, tolerance])
  useEffect(() => () => cancelSimplify(editor), [editor])
  const apply = () => {
    applySimplify(editor, tolerance)
    closeDialog()
  }
  return (
    <Modal
      opened
      onClose={closeDialog}
      title={t('simplify.title')}
      size={340}
      withOverlay={false}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
      classNames={{ inner: css.corner!, content: css.raised! }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
      >
        <label className={css.tolerance}>
          <span>{t('simplify.tolerance')}</span>
          <output>{t('simplify.pixels', { count: tolerance })}</output>
          <input
            data-autofocus
            type="range"
            className="range"
            min={TOLERANCE.least}
            max={TOLERANCE.most}
            step={TOLERANCE.step}
            value={tolerance}
            onChange={({ target }) => setTolerance(Number(target.value))}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              apply()
            }}
          />
        </label>
        <Facts report={report} />
        <div className={css.footer}>
          <button type="button" className="button" onClick={() => commandsById.get('view.zoomToObject')!.perform(editor)}>
            {t('simplify.zoom')}
          </button>
          <span className={css.gap} />
          <button type="button" className="button large" onClick={closeDialog}>
            {t('cancel')}
          </button>
          <button type="submit" className="button primary large" disabled={report === null}>
            {t('simplify.apply')}
          </button>
        </div>
      </form>
    </Modal>
  )
}

function Facts({ report }: { readonly report: SimplifyReport | null }) {
  const { t } = useTranslation()
  if (report === null) return <p className={css.small} role="status">{t('simplify.nothing')}</p>
  return (
    <div role="status">
      <dl className={css.corners}>
        <div>
          <dt>{t('simplify.corners')}</dt>
          <dd>
            {report.before} → <strong>{report.after}</strong>
          </dd>
        </div>
        <div>
          <dt>{t('simplify.overlap')}</dt>
          <dd>{`${(report.iou * 100).toFixed(2)} %`}</dd>
        </div>
      </dl>
    </div>
  )
}
