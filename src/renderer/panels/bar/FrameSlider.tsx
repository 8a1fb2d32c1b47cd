/** Pages of a multi-page picture, slices of a stack. */
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState } from '../../editor/index.ts'
import css from './HintBar.module.css'

export function FrameSlider() {
  const { t } = useTranslation()
  const editor = useEditor()
  const frames = useEditorState(({ image }) => image?.frames ?? 1)
  const frame = useEditorState((state) => state.frame)
  if (frames < 2) return null
  return (
    <label className={css.frames}>
      {t('frames.position', { at: frame + 1, count: frames })}
      <input className="range" type="range" min={0} max={frames - 1} value={frame} onChange={({ target }) => editor.setFrame(Number(target.value))} />
    </label>
  )
}
