/** The right column: labels, objects of this image, files. */
import { FileList } from './FileList.tsx'
import { LabelList } from './LabelList.tsx'
import { ObjectList } from './ObjectList.tsx'
import css from './Side.module.css'

export function SideColumn() {
  return (
    <aside className={css.column}>
      <LabelList />
      <ObjectList />
      <FileList />
    </aside>
  )
}
