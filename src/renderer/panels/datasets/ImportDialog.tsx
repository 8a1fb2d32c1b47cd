/** Another tool's dataset comes into the project: chosen, looked at, then read; what came in can be taken back. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FormatRow } from '../../../shared/appContract.ts'
import type { WireError } from '../../../shared/errors.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { DATASET_FILE } from '../open/dropping.ts'
import { shortPath } from '../paths.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { closeDialog, useWindow } from '../windowState.ts'
import { Dialog } from '../dialogs/Dialog.tsx'
import { FolderBrowser, type ChosenFolder } from '../open/FolderBrowser.tsx'
import { ImportHistory } from './ImportHistory.tsx'
import { ImportPreview } from './ImportPreview.tsx'
import { ImportResult } from './ImportResult.tsx'
import { JobBar } from './JobBar.tsx'
import { useImport, type ImportWork } from './useImport.ts'
import css from './Datasets.module.css'

export function ImportDialog() {
  const { t } = useTranslation()
  const work = useImport()
  const { wish, preview, run, look, change } = work
  const formats = useReadable()
  useDropped(work)
  if (run.result)
    return (
      <Dialog title={t('import.done')} size={760}>
        <ImportResult report={run.result} formats={formats} />
      </Dialog>
    )
  const isAsking = preview.error?.code === 'ambiguous-dataset'
  const back = () => {
    preview.forget()
    change(NOTHING)
  }
  return (
    <Dialog title={t('import.title')} size={760} busy={preview.running || run.running}>
      {preview.running ? (
        <Reading work={work} />
      ) : isAsking ? (
        <Question key={preview.error!.message} error={preview.error!} formats={formats} work={work} onBack={back} />
      ) : preview.result !== null && wish.place !== '' ? (
        <ImportPreview report={preview.result} formats={formats} work={work} onBack={back} />
      ) : (
        <Choose onPlace={(place) => look({ ...NOTHING, place })} looked={wish.place} error={preview.error} />
      )}
    </Dialog>
  )
}

const NOTHING = { place: '', format: 'auto', options: {}, imageFolders: [], labelMap: {} }

function useReadable(): readonly FormatRow[] {
  const editor = useEditor()
  const [formats, setFormats] = useState<readonly FormatRow[]>([])
  useEffect(() => {
    editor.api['formats.list'](null).then(({ reads }) => setFormats(reads), () => undefined)
  }, [editor])
  return formats
}

/** A dataset that was dropped on the window is looked at, at once. */
function useDropped({ look }: ImportWork): void {
  const dropped = useWindow(({ dataset }) => dataset)
  const taken = useRef(false)
  useEffect(() => {
    if (dropped === null || taken.current) return
    taken.current = true
    look({ place: dropped })
  }, [dropped, look])
}

function Reading({ work: { wish, preview } }: { readonly work: ImportWork }) {
  const { t } = useTranslation()
  return (
    <>
      <p className={css.lead} title={wish.place}>{t('import.looking', { place: shortPath(wish.place) })}</p>
      <div className={css.footer}>
        <JobBar title={t('import.title')} done={preview.progress?.images ?? 0} total={0} />
        <button type="button" className="button large" autoFocus onClick={preview.stop}>
          {t('cancel')}
        </button>
      </div>
    </>
  )
}

interface ChooseProps {
  readonly onPlace: (place: string) => void
  /** What was looked at before, '' at first. */
  readonly looked: string
  readonly error: WireError | null
}

function Choose({ onPlace, looked, error }: ChooseProps) {
  const { t } = useTranslation()
  const say = useSayProblem()
  const [place, setPlace] = useState<string | null>(null)
  const dropped = useWindow((state) => state.dropped)
  const home = useEditorState(({ project }) => project?.exportFolder ?? null)
  const show = useCallback(({ path }: ChosenFolder) => setPlace(path), [])
  return (
    <>
      <p className={css.lead}>{dropped === null ? t('import.what') : t('open.dropped', { name: dropped })}</p>
      <FolderBrowser onFolder={show} files start={looked === '' ? home : folderOf(looked)} />
      {error !== null && (
        <p className="message bad" role="alert">
          {say(error.message)}
        </p>
      )}
      <div className={css.footer}>
        <span className={css.gap} />
        <button type="button" className="button large" onClick={closeDialog}>
          {t('cancel')}
        </button>
        <button type="button" className="button primary large" disabled={place === null} onClick={() => place !== null && onPlace(place)}>
          {t('import.look')}
        </button>
      </div>
      <ImportHistory />
    </>
  )
}

const folderOf = (place: string) => (DATASET_FILE.test(place) ? place.replace(/[\\/][^\\/]*$/, '') : place)

interface QuestionProps {
  readonly error: WireError
  readonly formats: readonly FormatRow[]
  readonly work: ImportWork
  readonly onBack: () => void
}

/** What the files don't say, the person has to. */
function Question({ error: { message, details }, formats, work: { wish, look }, onBack }: QuestionProps) {
  const { t } = useTranslation()
  const say = useSayProblem()
  const option = String(details['option'])
  const choices = String(details['choices']).split(',').filter((choice) => choice !== 'auto')
  const [chosen, setChosen] = useState(choices[0]!)
  const nameOf = (choice: string) =>
    option === 'format' ? (formats.find(({ id }) => id === choice)?.name ?? choice) : t(`choice.${option}.${choice}`, { defaultValue: choice })
  const answer = () => look(option === 'format' ? { format: chosen } : { options: { ...wish.options, [option]: chosen } })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        answer()
      }}
    >
      <fieldset className={css.question}>
        <legend>{t('import.ask')}</legend>
        <p>{say(withoutCommand(message))}</p>
        {choices.map((choice, n) => (
          <label key={choice} className="check">
            <input type="radio" name="choice" autoFocus={n === 0} checked={chosen === choice} onChange={() => setChosen(choice)} />
            {nameOf(choice)}
          </label>
        ))}
      </fieldset>
      <div className={css.footer}>
        <span className={css.gap} />
        <button type="button" className="button large" onClick={onBack}>
          {t('import.back')}
        </button>
        <button type="submit" className="button primary large">
          {t('import.goOn')}
        </button>
      </div>
    </form>
  )
}

/** The host ends such a sentence with what to type in a terminal. */
const withoutCommand = (message: string) => message.replace(/ Say which: --.*$/s, '')
