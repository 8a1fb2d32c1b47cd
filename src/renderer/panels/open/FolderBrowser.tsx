/** Folders, and files of datasets, of the machine the host runs on: browsers can't name paths, so the window brings its own picker. */
import { ArrowUp, FileText, Folder } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { messageOf } from '../../../shared/errors.ts'
import type { Api } from '../../client.ts'
import { useEditor } from '../../editor/index.ts'
import { DATASET_FILE } from './dropping.ts'
import { joinPath } from '../paths.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from '../dialogs/Dialogs.module.css'

type Listing = Awaited<ReturnType<Api['host.listFolder']>>

export interface ChosenFolder {
  readonly path: string
  /** Pictures directly in it; null while the path is typed and not yet gone to. */
  readonly images: number | null
}

interface FolderBrowserProps {
  /** Told of every folder the person goes to, or whose path is being typed: what the field says is what counts. */
  readonly onFolder: (folder: ChosenFolder) => void
  /** The folder to begin with, the home folder without it or where it is gone. */
  readonly start?: string | null
  /** Files that an import can read are shown too, and can be chosen. */
  readonly files?: boolean
  /** Whether the path has the focus at first. */
  readonly focus?: boolean
}

export function FolderBrowser({ onFolder, start = null, files = false, focus = true }: FolderBrowserProps) {
  const { t } = useTranslation()
  const [path, setPath] = useState(start)
  const [typed, setTyped] = useState<string | null>(null)
  const arrive = useCallback((from: string | null) => setTyped((now) => (now?.trim() === from ? null : now)), [])
  const { listing, error } = useListing(path, arrive)
  const say = useSayProblem()
  const startIsGone = error !== null && listing === null && path === start && start !== null
  useEffect(() => {
    if (startIsGone) setPath(null)
  }, [startIsGone])
  const chosen = typed?.trim() ?? listing?.path
  const images = typed === null ? (listing?.images ?? null) : null
  useEffect(() => {
    if (chosen !== undefined) onFolder({ path: chosen, images })
  }, [chosen, images, onFolder])
  const go = (to: string | null) => {
    setTyped(null)
    setPath(to)
  }

  return (
    <div>
      <div className={css.pathRow}>
        <button
          type="button"
          className="button"
          aria-label={t('folder.up')}
          title={t('folder.up')}
          disabled={listing?.parent === null || listing === null}
          onClick={() => go(listing?.parent ?? null)}
        >
          <ArrowUp size={15} aria-hidden />
        </button>
        <PathField
          text={typed ?? listing?.path ?? ''}
          label={t(files ? 'folder.orFile' : 'folder.path')}
          focus={focus}
          onText={setTyped}
          onPath={(to) => files && DATASET_FILE.test(to) ? setTyped(to) : setPath(to)}
        />
      </div>
      <FolderList listing={listing} failed={error !== null} files={files} chosen={typed} onFolder={go} onFile={setTyped} />
      {error !== null && !startIsGone && (
        <p className="message bad" role="alert">
          {say(error)}
        </p>
      )}
    </div>
  )
}

interface FolderListProps {
  readonly listing: Listing | null
  /** Then the list is that of the folder before. */
  readonly failed: boolean
  readonly files: boolean
  readonly chosen: string | null
  readonly onFolder: (path: string) => void
  readonly onFile: (path: string) => void
}

function FolderList({ listing, failed, files, chosen, onFolder, onFile }: FolderListProps) {
  const { t } = useTranslation()
  const fileNames = files ? (listing?.files ?? []) : []
  return (
    <ul className={css.folders} aria-label={t('folder.list')}>
      {listing?.folders.map((name) => (
        <li key={name}>
          <button type="button" className={css.folder} onClick={() => onFolder(joinPath(listing.path, name))}>
            <Folder size={15} aria-hidden /> <span className="ellipsis">{name}</span>
          </button>
        </li>
      ))}
      {listing &&
        fileNames.map((name) => {
          const path = joinPath(listing.path, name)
          const isChosen = chosen === path
          return (
            <li key={name}>
              <button type="button" className={css.folder} data-active={isChosen} aria-pressed={isChosen} onClick={() => onFile(path)}>
                <FileText size={15} aria-hidden /> <span className="ellipsis">{name}</span>
              </button>
            </li>
          )
        })}
      {!failed && listing?.folders.length === 0 && fileNames.length === 0 && <li className={css.none}>{t('folder.none')}</li>}
    </ul>
  )
}

/** The folder at a path, null for the one to begin with. `onArrive` is told which path an answer was for. */
function useListing(path: string | null, onArrive: (path: string | null) => void): { readonly listing: Listing | null; readonly error: string | null } {
  const editor = useEditor()
  const [listing, setListing] = useState<Listing | null>(null)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    editor.api['host.listFolder']({ path }, { signal: controller.signal }).then(
      (found) => {
        setListing(found)
        setError(null)
        onArrive(path)
      },
      (problem: unknown) => controller.signal.aborted || setError(messageOf(problem)),
    )
    return () => controller.abort()
  }, [editor, path, onArrive])
  return { listing, error }
}

interface PathFieldProps {
  readonly text: string
  readonly label: string
  readonly focus: boolean
  readonly onText: (text: string) => void
  readonly onPath: (path: string) => void
}

function PathField({ text, label, focus, onText, onPath }: PathFieldProps) {
  return (
    <input
      className="field"
      autoFocus={focus}
      data-autofocus={focus || undefined}
      aria-label={label}
      value={text}
      spellCheck={false}
      onChange={({ target }) => onText(target.value)}
      onKeyDown={({ key }) => key === 'Enter' && onPath(text.trim())}
    />
  )
}
