/** Folders of the machine the host runs on: browsers can't name paths, so the window brings its own picker. */
import { ArrowUp, Folder } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Api } from '../../client.ts'
import { useEditor } from '../../editor/index.ts'
import { joinPath } from '../paths.ts'
import css from './Dialogs.module.css'

export type Listing = Awaited<ReturnType<Api['host.listFolder']>>

/** Tells `onFolder` of every folder the person goes to. */
export function FolderBrowser({ onFolder }: { readonly onFolder: (listing: Listing) => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const [path, setPath] = useState<string | null>(null)
  const [listing, setListing] = useState<Listing | null>(null)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    editor.api['host.listFolder']({ path }, { signal: controller.signal }).then(
      (found) => {
        setListing(found)
        setError(null)
        onFolder(found)
      },
      (problem: unknown) => controller.signal.aborted || setError(problem instanceof Error ? problem.message : String(problem)),
    )
    return () => controller.abort()
  }, [editor, path, onFolder])

  return (
    <div>
      <div className={css.pathRow}>
        <button
          type="button"
          className="button"
          aria-label={t('folder.up')}
          title={t('folder.up')}
          disabled={listing?.parent === null || listing === null}
          onClick={() => setPath(listing?.parent ?? null)}
        >
          <ArrowUp size={15} aria-hidden />
        </button>
        <PathField path={listing?.path ?? ''} onPath={setPath} />
      </div>
      <ul className={css.folders} aria-label={t('folder.list')}>
        {listing?.folders.map((name) => (
          <li key={name}>
            <button type="button" className={css.folder} onClick={() => setPath(joinPath(listing.path, name))}>
              <Folder size={15} aria-hidden /> <span className="ellipsis">{name}</span>
            </button>
          </li>
        ))}
        {listing?.folders.length === 0 && <li className={css.none}>{t('folder.none')}</li>}
      </ul>
      {error !== null && <p className={css.error}>{error}</p>}
    </div>
  )
}

function PathField({ path, onPath }: { readonly path: string; readonly onPath: (path: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(path)
  const isFirst = useRef(true)
  useEffect(() => {
    if (path === '') return
    // The first listing may come while something is typed already: that stays.
    const keepsTyped = isFirst.current
    isFirst.current = false
    setText((typed) => (keepsTyped && typed !== '' ? typed : path))
  }, [path])
  return (
    <input
      className="field"
      data-autofocus
      aria-label={t('folder.path')}
      value={text}
      spellCheck={false}
      onChange={({ target }) => setText(target.value)}
      onKeyDown={({ key }) => key === 'Enter' && onPath(text.trim())}
    />
  )
}
