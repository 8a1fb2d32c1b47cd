/** What is shown and how: selection, visibility, viewport. Nothing here is stored. */
import type { StoreApi } from 'zustand/vanilla'
import type { AnnotationId } from '../../shared/model.ts'
import type { Editor } from './editorTypes.ts'
import { HitIndex } from './hitIndex.ts'
import type { EditorState } from './state.ts'

const MIN_BRUSH = 0.5
const MAX_BRUSH = 500

type ViewMethods = Pick<
  Editor,
  | 'select' | 'setHovered' | 'setHidden' | 'setLocked' | 'setAllHidden' | 'setBrushRadius' | 'setPaintOverOthers'
  | 'setAdjustments' | 'setViewport' | 'setDraft' | 'setCursor' | 'hits'
>

export function viewMethods(store: StoreApi<EditorState>): ViewMethods {
  return {
    select: (ids) => {
      const selection = new Set(ids)
      const [only] = selection.size === 1 ? selection : []
      store.setState(({ annotations, activeLabelId }) => ({
        selection,
        activeLabelId: (only && annotations.get(only)?.labelId) ?? activeLabelId,
      }))
    },
    setHovered: (hovered) => store.setState({ hovered }),
    setHidden: (ids, on) => store.setState(({ hidden }) => ({ hidden: changed(hidden, ids, on) })),
    setLocked: (ids, on) => store.setState(({ locked }) => ({ locked: changed(locked, ids, on) })),
    setAllHidden: (allHidden) => store.setState({ allHidden }),
    setBrushRadius: (radius) => store.setState({ brushRadius: Math.min(MAX_BRUSH, Math.max(MIN_BRUSH, radius)) }),
    setPaintOverOthers: (paintOverOthers) => store.setState({ paintOverOthers }),
    setAdjustments: (change) => store.setState(({ adjustments }) => ({ adjustments: { ...adjustments, ...change } })),
    setViewport: (viewport) => store.setState({ viewport }),
    setDraft: (draft) => store.setState({ draft }),
    setCursor: (cursor) => store.setState({ cursor }),
    hits: visibleIndex(store),
  }
}

/** The index of what is visible, built when asked for and kept until something of it changes. */
function visibleIndex(store: StoreApi<EditorState>): () => HitIndex {
  let made: { from: EditorState; index: HitIndex } | null = null
  return () => {
    const state = store.getState()
    const { annotations, hidden, frame, allHidden } = state
    const isSame =
      made?.from.annotations === annotations && made.from.hidden === hidden && made.from.frame === frame && made.from.allHidden === allHidden
    if (made && isSame) return made.index
    const visible = allHidden ? [] : [...annotations.values()].filter((annotation) => annotation.frame === frame && !hidden.has(annotation.id))
    made = { from: state, index: new HitIndex(visible) }
    return made.index
  }
}

function changed(set: ReadonlySet<AnnotationId>, ids: Iterable<AnnotationId>, on: boolean): ReadonlySet<AnnotationId> {
  const result = new Set(set)
  for (const id of ids) {
    if (on) result.add(id)
    else result.delete(id)
  }
  return result
}
