/** The images of the project, however many: only rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { FileItem } from './FileItem.tsx'
import { useMarking } from './marking.ts'
import { rowAt } from './pagedRows.ts'
import { Section } from './Section.tsx'
import { useImageRows } from './useImageRows.ts'
import css from './Side.module.css'

const ROW_HEIGHT = 50

export function FileList() {
  const { t } = useTranslation()
  const editor = useEditor()
  const search = useEditorState((state) => state.search)
  const say = useSayProblem()
  const current = useEditorState(({ image }) => image)
  const count = useEditorState(({ imageCount }) => imageCount)
  const scroller = useRef<HTMLDivElement>(null)
  const [range, setRange] = useState({ first: 0, last: 20 })
  const list = useImageRows(search, range.first, range.last)
  const rows = useVirtualizer({ count: list.total, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 6 })
  const marking = useMarking(search)
  const items = rows.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 20
  useEffect(() => setRange({ first, last }), [first, last])
  const currentIndex = search === '' ? (current?.index ?? -1) : -1
  const height = rows.scrollRect?.height
  const isPlaced = usePlaced(currentIndex, list.total, first, last)
  useEffect(() => {
    if (currentIndex >= 0 && currentIndex < list.total) rows.scrollToIndex(currentIndex)
  }, [currentIndex, list.total, rows, height])

  return (
    <Section
      title={t('files.title')}
      className={css.files}
      tour="files"
      aside={
        <span className={css.total}>
          {marking.marked.size > 0 ? t('files.marked', { count: marking.marked.size }) : search === '' ? position(current?.index, count) : t('files.found', { count: list.total })}
        </span>
      }
    >
      <SearchField value={search} onChange={(text) => editor.setSearch(text)} />
      {list.error !== null && <p className={css.empty}>{say(list.error)}</p>}
      {list.error === null && list.total === 0 && <p className={css.empty}>{t(search === '' ? 'files.empty' : 'files.noMatch')}</p>}
      <div ref={scroller} className={css.scroll} onKeyDown={marking.keyDown}>
        <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const row = isPlaced ? rowAt(list, index) : undefined
            return (
              <div key={index} role="listitem" className={css.virtual} style={{ top: start, height: ROW_HEIGHT }} data-image={row?.id}>
                <FileItem row={row} at={index} marked={row !== undefined && marking.marked.has(row.id)} marking={marking} />
              </div>
            )
          })}
        </div>
      </div>
    </Section>
  )
}

const position = (index: number | undefined, count: number) => (index === undefined ? String(count) : `${String(index + 1)} / ${String(count)}`)

/** False at the start, until the list has got to the image at hand: thumbnails of rows that are only passed would be asked for in vain. */
function usePlaced(currentIndex: number, total: number, first: number, last: number): boolean {
  const isComing = useEditorState(({ image, imageCount, loading, search }) => image === null && search === '' && (loading || imageCount === 0))
  const [isPlaced, setPlaced] = useState(false)
  const isThere = currentIndex < 0 || currentIndex >= total || (first <= currentIndex && currentIndex <= last)
  if (!isPlaced && total > 0 && !isComing && isThere) setPlaced(true)
  return isPlaced
}

function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useTranslation()
  return (
    <div className={css.search}>
      <input
        type="search"
        className="field"
        aria-label={t('files.search')}
        placeholder={t('files.searchHint')}
        title={t('files.searchWhat')}
        value={value}
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          onChange('')
          event.currentTarget.blur()
        }}
      />
    </div>
  )
}
