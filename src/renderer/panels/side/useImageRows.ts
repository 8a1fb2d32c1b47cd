/** The rows of the file list that are in sight, asked for page by page. */
import { useEffect, useRef, useState } from 'react'
import type { ImageRow } from '../../../shared/appContract.ts'
import { messageOf } from '../../../shared/errors.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { isNear, PAGE_SIZE, pagesOf, type Pages } from './pagedRows.ts'

const NOTHING: Pages<ImageRow> = { total: 0, pages: new Map() }
/** So many changes a second are answered with one reload. */
const SETTLE_MS = 150

interface Asked {
  /** Which state of which list. */
  readonly of: string
  /** Loaded, or on their way. */
  readonly pages: Set<number>
  /** What is in sight now. */
  wanted: readonly number[]
}

/** Rows first..last are wanted. When images change, what is shown stays until the new rows are there. */
export function useImageRows(search: string, first: number, last: number): Pages<ImageRow> & { readonly error: string | null } {
  const editor = useEditor()
  const version = useEditorState(({ imagesVersion }) => imagesVersion)
  const [list, setList] = useState(NOTHING)
  const [error, setError] = useState<string | null>(null)
  const loaded = useRef<Asked>({ of: '', pages: new Set(), wanted: [] })
  const wanted = pagesOf(first, last).join()

  useEffect(() => {
    const of = `${String(version)} ${search}`
    const fresh = loaded.current.of !== of
    const asked = fresh ? { of, pages: new Set<number>(), wanted: [] } : loaded.current
    const load = async () => {
      loaded.current = asked
      asked.wanted = wanted.split(',').map(Number)
      for (const page of asked.pages) if (!isNear(page, asked.wanted)) asked.pages.delete(page)
      for (const page of asked.wanted.filter((number) => !asked.pages.has(number))) {
        asked.pages.add(page)
        const { total, rows } = await editor.api['images.list']({ search, offset: page * PAGE_SIZE, limit: PAGE_SIZE })
        if (loaded.current !== asked) return
        setError(null)
        setList((before) => {
          const pages = new Map([...(fresh && total !== before.total ? [] : before.pages), [page, rows] as const])
          return { total, pages: new Map([...pages].filter(([number]) => isNear(number, asked.wanted))) }
        })
      }
    }
    const timer = setTimeout(() => {
      load().catch((problem: unknown) => {
        loaded.current = { of: '', pages: new Set(), wanted: [] }
        setError(messageOf(problem))
      })
    }, fresh ? SETTLE_MS : 0)
    return () => clearTimeout(timer)
  }, [editor, version, search, wanted])

  return { ...list, error }
}
