/** The right column: labels, objects of this image, files; what a check found while it is gone through. */
import { useStore } from 'zustand'
import { CheckPanel } from '../check/CheckPanel.tsx'
import { checkState } from '../check/checkWork.ts'
import { FileList } from './FileList.tsx'
import { LabelList } from './LabelList.tsx'
import { ObjectList } from './ObjectList.tsx'
import css from './Side.module.css'

export function SideColumn() {
  const checking = useStore(checkState, ({ open }) => open)
  return (
    <aside className={css.column}>
      {checking ? (
        <CheckPanel />
      ) : (
        <>
          <LabelList />
          <ObjectList />
          <FileList />
        </>
      )}
    </aside>
  )
}
