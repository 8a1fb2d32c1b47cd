/** Size of brush and eraser, and whether painting takes pixels from other objects. */
import { Layers } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { IconButton } from '../parts.tsx'
import css from './ToolColumn.module.css'

/** The slider is logarithmic: 1 to 500 pixels. */
const MAX_RADIUS = 500

export function BrushSize() {
  const { t } = useTranslation()
  const editor = useEditor()
  const radius = useEditorState(({ brushRadius }) => brushRadius)
  const over = useEditorState(({ paintOverOthers }) => paintOverOthers)
  return (
    <div className={css.brush}>
      <input
        type="range"
        aria-label={t('tools.brushSize')}
        aria-valuetext={`${String(Math.round(radius))} px`}
        min={0}
        max={1}
        step={0.01}
        value={Math.log(radius) / Math.log(MAX_RADIUS)}
        onChange={({ target }) => editor.setBrushRadius(MAX_RADIUS ** Number(target.value))}
      />
      <span className={css.size}>{Math.round(radius)}</span>
      <IconButton
        label={t('tools.paintOver')}
        icon={<Layers size={16} aria-hidden />}
        pressed={over}
        onClick={() => editor.setPaintOverOthers(!over)}
      />
    </div>
  )
}
