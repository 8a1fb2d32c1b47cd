/** Which models answer, and which this machine has: nothing is downloaded before the person was told what and said yes. */
import { FolderPlus } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { ModelRow } from '../../../shared/appContract.ts'
import { messageOf } from '../../../shared/errors.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { installs } from './installs.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { Dialog } from '../dialogs/Dialog.tsx'
import { FolderBrowser, type ChosenFolder } from '../open/FolderBrowser.tsx'
import { ModelItem } from './ModelItem.tsx'
import css from './Models.module.css'

const KINDS = ['grounder', 'segmenter'] as const

export function ModelsDialog() {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const status = useEditorState(({ models }) => models)
  const { rows, error, attempt } = useRows()
  const [adding, setAdding] = useState(false)
  const choose = (row: ModelRow) => {
    if (!status) return
    const chosen = (kind: ModelRow['kind']) => rows.find((other) => other.kind === kind && isChosen(other, status))?.id ?? ''
    const choice = { grounder: chosen('grounder'), segmenter: chosen('segmenter'), [row.kind]: row.id }
    void attempt(async () => editor.store.setState({ models: await editor.api['models.choose'](choice) }))
  }
  if (adding) return <AddFolder onDone={() => setAdding(false)} />
  return (
    <Dialog title={t('models.title')} size={620}>
      {KINDS.map((kind) => (
        <fieldset key={kind} className={css.models}>
          <legend>{t(`models.${kind}`)}</legend>
          {rows
            .filter((row) => row.kind === kind)
            .map((row) => (
              <ModelItem key={row.id} row={row} chosen={status !== null && isChosen(row, status)} onChoose={() => choose(row)} attempt={attempt} />
            ))}
        </fieldset>
      ))}
      {error !== null && <p className={`message bad ${css.error!}`} role="alert">{say(error)}</p>}
      <div className={css.foot}>
        <p className="muted">{t('models.private')}</p>
        <button type="button" className="button" onClick={() => setAdding(true)}>
          <FolderPlus size={14} aria-hidden /> {t('models.addFolder')}
        </button>
      </div>
    </Dialog>
  )
}

const isChosen = ({ kind, name }: ModelRow, status: { readonly grounder: string; readonly segmenter: string }) => status[kind] === name

/** The models of the machine, read again after every attempt to change them and when an installation ends. */
function useRows() {
  const editor = useEditor()
  const [rows, setRows] = useState<readonly ModelRow[]>([])
  const [error, setError] = useState<string | null>(null)
  const running = useStore(installs, (all) => Object.keys(all).join())
  const load = useCallback(() => editor.api['models.list'](null).then(setRows), [editor])
  const attempt = useCallback(async (work: () => Promise<unknown>) => {
    setError(null)
    try {
      await work()
    } catch (problem) {
      setError(messageOf(problem))
    }
    await load().catch(() => undefined)
  }, [load])
  useEffect(() => {
    load().catch((problem: unknown) => setError(messageOf(problem)))
  }, [load, running])
  return { rows, error, attempt }
}

/** A folder of model files that came by another way than this dialog. */
function AddFolder({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const [chosen, setChosen] = useState<ChosenFolder | null>(null)
  const [error, setError] = useState<string | null>(null)
  const show = useCallback((folder: ChosenFolder) => {
    setChosen(folder)
    setError(null)
  }, [])
  const add = () => {
    if (chosen) editor.api['models.addFolder']({ path: chosen.path }).then(onDone, (problem: Error) => setError(problem.message))
  }
  return (
    <Dialog title={t('models.addFolder')} size={560} onClose={onDone}>
      <p className="muted">{t('models.addFolderWhat')}</p>
      <FolderBrowser onFolder={show} />
      {error !== null && <p className={`message bad ${css.error!}`} role="alert">{say(error)}</p>}
      <div className={css.foot}>
        <span />
        <span className={css.actions}>
          <button type="button" className="button large" onClick={onDone}>
            {t('cancel')}
          </button>
          <button type="button" className="button primary large" disabled={!chosen} onClick={add}>
            {t('models.add')}
          </button>
        </span>
      </div>
    </Dialog>
  )
}
