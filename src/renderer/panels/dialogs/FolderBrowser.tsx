/** Folders of the machine the host runs on: browsers can't name paths, so the window brings its own picker. */
import { ArrowUp, Folder } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Api } from '../../client.ts'
import { useEditor } from '../../editor/index.ts'
import { joinPath } from '../paths.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from './Dialogs.module.css'

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
}

export function FolderBrowser({ onFolder, start = null }: FolderBrowserProps) {
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
        <PathField text={typed ?? listing?.path ?? ''} onText={setTyped} onPath={setPath} />
      </div>
      <ul className={css.folders} aria-label={t('folder.list')}>
        {listing?.folders.map((name) => (
          <li key={name}>
            <button type="button" className={css.folder} onClick={() => go(joinPath(listing.path, name))}>
              <Folder size={15} aria-hidden /> <span className="ellipsis">{name}</span>
            </button>
          </li>
        ))}
        {listing?.folders.length === 0 && <li className={css.none}>{t('folder.none')}</li>}
      </ul>
      {error !== null && !startIsGone && (
        <p className={css.error} role="alert">
          {say(error)}
        </p>
      )}
    </div>
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
      (problem: unknown) => controller.signal.aborted || setError(problem instanceof Error ? problem.message : String(problem)),
    )
    return () => controller.abort()
  }, [editor, path, onArrive])
  return { listing, error }
}

interface PathFieldProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly onPath: (path: string) => void
}

function PathField({ text, onText, onPath }: PathFieldProps) {
  const { t } = useTranslation()
  return (
    <input
      className="field"
      data-autofocus
      aria-label={t('folder.path')}
      value={text}
      spellCheck={false}
      onChange={({ target }) => onText(target.value)}
      onKeyDown={({ key }) => key === 'Enter' && onPath(text.trim())}
    />
  )
}
