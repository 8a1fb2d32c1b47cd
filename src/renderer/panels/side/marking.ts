/** Images that are marked in the file list, to do something with all of them: Ctrl or Cmd and click, Shift and click for a range. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { ImageId } from '../../../shared/model.ts'
import { messageOf } from '../../../shared/errors.ts'
import { useEditor, useEditorState, type Editor } from '../../editor/index.ts'
import { askToRemove } from '../windowState.ts'

export interface Marking {
  readonly marked: ReadonlySet<ImageId>
  toggle(id: ImageId, at: number): void
  /** From the row clicked last. */
  markTo(id: ImageId, at: number): void
  /** `at` is the row clicked instead. */
  clear(at: number): void
  /** Asks whether this image, or where it is marked all that are, may go. */
  remove(id: ImageId): void
  keyDown(event: KeyboardEvent): void
}

const NONE: ReadonlySet<ImageId> = new Set()
/** Rows asked for at once. */
const LIMIT = 500

/** Of the list of what is searched for; another search or another list marks nothing. */
export function useMarking(search: string): Marking {
  const editor = useEditor()
  const version = useRef(0)
  const last = useRef<number | null>(null)
  const [marked, setMarked] = useState(NONE)
  const removed = useEditorState(({ project }) => project?.removed)
  useEffect(() => {
    version.current++
    last.current = null
    setMarked(NONE)
  }, [editor, search, removed])
  return useMemo(() => {
    const remove = (id: ImageId) => askToRemove(marked.has(id) ? [...marked] : [id])
    return {
      marked,
      remove,
      toggle: (id, at) => {
        last.current = at
        setMarked((before) => (before.has(id) ? new Set([...before].filter((other) => other !== id)) : new Set([...before, id])))
      },
      markTo: (id, at) => {
        const mine = ++version.current
        idsBetween(editor, search, last.current ?? placeOf(editor, search) ?? at, at).then(
          (ids) => mine === version.current && setMarked((before) => new Set([...before, ...ids, id])),
          (error: unknown) => editor.report(messageOf(error)),
        )
      },
      clear: (at) => {
        last.current = at
        setMarked(NONE)
      },
      keyDown: (event) => {
        // Del means the selected objects wherever there are any.
        if (event.key !== 'Delete' || editor.state.selection.size > 0) return
        const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-image]') : null
        if (!row) return
        event.preventDefault()
        remove(Number(row.dataset['image']) as ImageId)
      },
    }
  }, [editor, search, marked])
}

const placeOf = ({ state }: Editor, search: string) => (search === '' ? state.image?.index : undefined)

/** Of the rows from one place in the list to the other, both included. */
async function idsBetween({ api }: Editor, search: string, one: number, other: number): Promise<ImageId[]> {
  const [from, to] = [Math.min(one, other), Math.max(one, other)]
  const ids: ImageId[] = []
  for (let offset = from; offset <= to; offset += LIMIT) {
    const { rows } = await api['images.list']({ search, offset, limit: Math.min(LIMIT, to - offset + 1) })
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}
