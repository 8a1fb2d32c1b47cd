/** Which models answer: one for words to boxes, one for boxes to masks. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelRow } from '../../../shared/appContract.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { Dialog } from './Dialog.tsx'
import css from './Dialogs.module.css'

const KINDS = ['grounder', 'segmenter'] as const

export function ModelsDialog() {
  const { t } = useTranslation()
  const editor = useEditor()
  const status = useEditorState(({ models }) => models)
  const [rows, setRows] = useState<readonly ModelRow[]>([])
  const [error, setError] = useState<string | null>(null)
  const fail = (problem: unknown) => setError(problem instanceof Error ? problem.message : String(problem))
  useEffect(() => {
    editor.api['models.list'](null).then(setRows, fail)
  }, [editor])

  const choose = (row: ModelRow) => {
    if (!status) return
    const choice = { grounder: status.grounder, segmenter: status.segmenter, [row.kind]: row.id }
    setError(null)
    editor.api['models.choose'](choice).then((models) => editor.store.setState({ models }), fail)
  }
  return (
    <Dialog title={t('models.title')} size={560}>
      {KINDS.map((kind) => (
        <fieldset key={kind} className={css.models}>
          <legend>{t(`models.${kind}`)}</legend>
          {rows
            .filter((row) => row.kind === kind)
            .map((row) => (
              <Model key={row.id} row={row} chosen={status?.[kind] === row.id || status?.[kind] === row.name} onChoose={() => choose(row)} />
            ))}
        </fieldset>
      ))}
      {error !== null && <p className={css.error}>{error}</p>}
      <p className="muted">{t('models.install')}</p>
    </Dialog>
  )
}

function Model({ row, chosen, onChoose }: { readonly row: ModelRow; readonly chosen: boolean; readonly onChoose: () => void }) {
  const { t } = useTranslation()
  return (
    <label className={css.model} data-active={chosen} data-disabled={!row.installed}>
      <input type="radio" name={row.kind} checked={chosen} disabled={!row.installed} onChange={onChoose} />
      <span className={css.modelName}>
        <span>{row.name}</span>
        <span className="muted">
          {row.id} · {row.licence}
        </span>
      </span>
      {row.demo && <span className="chip warn">{t('models.demo')}</span>}
      {!row.installed && <span className="chip">{t('models.size', { size: megabytes(row.size) })}</span>}
    </label>
  )
}

const megabytes = (bytes: number) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${String(Math.round(bytes / 1e6))} MB`)
