/** The tools at the left, each with its key. */
import { Tooltip } from '@mantine/core'
import { Brush, CirclePlus, Eraser, MousePointer2, Pentagon, SlidersHorizontal, Square, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState, type ToolName } from '../../editor/index.ts'
import { chordText } from '../../keys/chord.ts'
import { useKeymap } from '../../keys/context.ts'
import { BrushSize } from './BrushSize.tsx'
import { ViewAdjustments } from './ViewAdjustments.tsx'
import css from './ToolColumn.module.css'

const TOOLS: readonly (readonly [ToolName, LucideIcon])[] = [
  ['select', MousePointer2],
  ['box', Square],
  ['polygon', Pentagon],
  ['brush', Brush],
  ['eraser', Eraser],
  ['points', CirclePlus],
]

export function ToolColumn() {
  const { t } = useTranslation()
  const tool = useEditorState(({ tool }) => tool)
  return (
    <nav className={css.column} aria-label={t('tools.title')} data-tour="tools" data-panel>
      {TOOLS.map(([name, Icon]) => (
        <ToolButton key={name} name={name} icon={<Icon size={18} strokeWidth={1.8} aria-hidden />} active={tool === name} />
      ))}
      {(tool === 'brush' || tool === 'eraser') && <BrushSize />}
      <span className={css.gap} />
      <ViewAdjustments icon={<SlidersHorizontal size={18} strokeWidth={1.8} aria-hidden />} className={css.tool!} />
    </nav>
  )
}

function ToolButton({ name, icon, active }: { readonly name: ToolName; readonly icon: React.ReactNode; readonly active: boolean }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const chord = useKeymap().chords.get(`tool.${name}`)?.[0]
  const key = chord === undefined ? '' : chordText(chord)
  return (
    <Tooltip
      position="right"
      label={
        <>
          <strong>{t(`action.tool.${name}`)}</strong> <span className="muted">{key}</span>
          <div className="muted">{t(`tools.${name}.what`)}</div>
        </>
      }
    >
      <button
        type="button"
        className={css.tool}
        aria-label={t(`action.tool.${name}`)}
        aria-pressed={active}
        aria-keyshortcuts={key}
        onClick={() => editor.setTool(name)}
      >
        {icon}
        <span className={css.key} aria-hidden>
          {key.length < 3 && key}
        </span>
      </button>
    </Tooltip>
  )
}
