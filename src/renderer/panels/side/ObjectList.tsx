/** The objects of the image that is open. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditorState } from '../../editor/index.ts'
import { ObjectDetails } from './ObjectDetails.tsx'
import { ObjectItem } from './ObjectItem.tsx'
import { Section } from './Section.tsx'
import { SORTS, sortObjects, type Sort } from './sortObjects.ts'
import css from './Side.module.css'

const ROW_HEIGHT = 28

export function ObjectList() {
  const { t } = useTranslation()
  const [sort, setSort] = useState<Sort>('place')
  const annotations = useEditorState((state) => state.annotations)
  const labels = useEditorState((state) => state.labels)
  const frame = useEditorState((state) => state.frame)
  const hasImage = useEditorState(({ image }) => image !== null)
  const objects = useMemo(
    () => sortObjects([...annotations.values()].filter((annotation) => annotation.frame === frame), sort, labels),
    [annotations, sort, labels, frame],
  )
  const labelsById = useMemo(() => new Map(labels.map((label) => [label.id, label])), [labels])
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: objects.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 8 })

  const first = useEditorState(({ selection }) => (selection.size === 1 ? [...selection][0] : undefined))
  const firstIndex = first === undefined ? -1 : objects.findIndex(({ id }) => id === first)
  useEffect(() => {
    if (firstIndex >= 0) rows.scrollToIndex(firstIndex)
  }, [firstIndex, rows])

  return (
    <Section title={t('objects.title')} className={css.objects} tour="objects" aside={<Aside count={objects.length} sort={sort} onSort={setSort} />}>
      <div ref={scroller} className={css.scroll}>
        <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const annotation = objects[index]!
            return (
              <div key={annotation.id} role="listitem" className={css.virtual} style={{ top: start, height: ROW_HEIGHT }}>
                <ObjectItem annotation={annotation} label={labelsById.get(annotation.labelId)} number={index + 1} />
              </div>
            )
          })}
        </div>
      </div>
      {objects.length === 0 && <p className={css.empty}>{t(hasImage ? 'objects.empty' : 'objects.noImage')}</p>}
      <ObjectDetails />
    </Section>
  )
}

function Aside({ count, sort, onSort }: { readonly count: number; readonly sort: Sort; readonly onSort: (sort: Sort) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <select className={css.sort} aria-label={t('objects.sort')} value={sort} onChange={({ target }) => onSort(target.value as Sort)}>
        {SORTS.map((name) => (
          <option key={name} value={name}>
            {t(`objects.sort.${name}`)}
          </option>
        ))}
      </select>
      <span className={css.total}>{count}</span>
    </>
  )
}
