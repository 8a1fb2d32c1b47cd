/** Over the canvas: what the next key does while proposals wait, and how the tool in hand works. */
import { X } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Annotation } from '../../../shared/model.ts'
import { partsOf } from '../../../shared/rings.ts'
import { useEditor, useEditorState, type ToolName } from '../../editor/index.ts'
import { proposalsOf } from '../../editor/state.ts'
import { capsOf } from '../../keys/chord.ts'
import { commandsById } from '../commands.ts'
import { Keys } from '../parts.tsx'
import { settings, useSettings } from '../settings.ts'
import css from './HintBar.module.css'

const REVIEW = [
  ['review.acceptAll', 'hint.accept'],
  ['review.nextObject', 'hint.next'],
  ['tool.points', 'hint.points'],
  ['edit.delete', 'hint.reject'],
  ['edit.cancel', 'hint.discard'],
] as const

/** Per tool: what is pressed, by its words or as a key, and what that does. */
const TOOL_HINTS: Readonly<Record<Exclude<ToolName, 'select'>, readonly (readonly [press: string, does: string])[]>> = {
  box: [['hint.drag', 'hint.box.drag'], ['escape', 'hint.cancel']],
  polygon: [
    ['hint.click', 'hint.polygon.click'], ['hint.drag', 'hint.polygon.freehand'], ['enter', 'hint.polygon.close'],
    ['backspace', 'hint.polygon.back'], ['alt', 'hint.polygon.cut'], ['escape', 'hint.cancel'],
  ],
  brush: [['hint.drag', 'hint.brush.drag'], ['hint.rightDrag', 'hint.brush.right'], ['[', 'hint.brush.smaller'], [']', 'hint.brush.larger']],
  eraser: [['hint.drag', 'hint.eraser.drag'], ['[', 'hint.brush.smaller'], [']', 'hint.brush.larger']],
  points: [['hint.click', 'hint.points.click'], ['hint.rightClick', 'hint.points.right'], ['enter', 'hint.points.done'], ['escape', 'hint.cancel']],
}

const MOVE_HOLE = ['hint.middle', 'hint.polygon.moveHole'] as const

export const HINTED_TOOLS: readonly string[] = Object.keys(TOOL_HINTS)

export function HintBar() {
  const busy = useEditorState(({ run }) => run.busy)
  const tool = useEditorState((state) => state.tool)
  const annotations = useEditorState((state) => state.annotations)
  const hasImage = useEditorState(({ image }) => image?.status === 'ok')
  const frame = useEditorState((state) => state.frame)
  const count = useMemo(() => proposalsOf({ annotations, frame }).length, [annotations, frame])
  if (tool !== 'select') return hasImage ? <ToolHints tool={tool} /> : null
  return busy || count === 0 ? null : <ReviewHints count={count} />
}

/** Every one of them can be clicked too. */
function ReviewHints({ count }: { readonly count: number }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const hasSelection = useEditorState(({ selection }) => selection.size > 0)
  return (
    <div className={css.bar} role="toolbar" aria-label={t('hint.title', { count })}>
      {REVIEW.map(([id, words]) => (
        <button
          key={id}
          type="button"
          className={css.hint}
          data-main={id === 'review.acceptAll'}
          disabled={id === 'edit.delete' && !hasSelection}
          onClick={() => commandsById.get(id)!.perform(editor)}
        >
          <Keys of={id} /> {t(words, { count })}
        </button>
      ))}
    </div>
  )
}

function ToolHints({ tool }: { readonly tool: keyof typeof TOOL_HINTS }) {
  const { t } = useTranslation()
  const closed = useSettings(({ hintsClosed }) => hintsClosed.includes(tool))
  const movesHole = useEditorState(({ selection, annotations }) => selection.size === 1 && hasHole(annotations.get([...selection][0]!)))
  const cuts = useEditorState(({ cutting, draft }) => cutting || (draft?.kind === 'polygon' && draft.cuts))
  if (closed) return null
  const close = () => settings.setState(({ hintsClosed }) => ({ hintsClosed: [...hintsClosed, tool] }))
  return (
    <div className={css.bar} role="note" aria-label={t(`tools.${tool}.what`)}>
      <strong className={css.tool}>{cuts ? t('action.object.cutHole') : t(`action.tool.${tool}`)}</strong>
      {[...TOOL_HINTS[tool], ...(tool === 'polygon' && movesHole ? [MOVE_HOLE] : [])].map(([press, does]) => (
        <span key={does} className={css.hint}>
          <Press press={press} /> {t(does)}
        </span>
      ))}
      <button type="button" className="icon-button" aria-label={t('hint.close')} title={t('hint.close')} onClick={close}>
        <X size={14} aria-hidden />
      </button>
    </div>
  )
}

const hasHole = (annotation: Annotation | undefined) => (annotation?.polygon ? partsOf(annotation.polygon).some(({ holes }) => holes.length > 0) : false)

function Press({ press }: { readonly press: string }): ReactNode {
  const { t } = useTranslation()
  return <kbd className="cap">{press.startsWith('hint.') ? t(press) : capsOf(press).join('')}</kbd>
}
