/** Pointer and keys to the tool in hand. */
import type { Editor, PointerInput } from './editorTypes.ts'
import type { AnnotationId } from '../../shared/model.ts'
import type { ToolName } from './state.ts'
import type { Tool } from './tools/tool.ts'
import { fitBox } from './viewport.ts'

/** How far from a thing a pointer may be and still mean it, CSS pixels. */
export const REACH = 6

/** `REACH` in image pixels. */
export const reachOf = ({ state }: Editor): number => REACH / state.viewport.scale

type GestureMethods = Pick<
  Editor,
  'setTool' | 'pointerDown' | 'pointerMove' | 'pointerUp' | 'doubleClick' | 'keyDown' | 'cancelGesture'
>

export function gestureMethods(editor: () => Editor, tools: () => Readonly<Record<ToolName, Tool>>): GestureMethods {
  const tool = () => tools()[editor().state.tool]
  const showPath = () => {
    const { path } = tool()
    if (path !== editor().state.toolPath) editor().store.setState({ toolPath: path })
  }
  /** Runs a handler of the tool, and shows the state it ends in. */
  const route = <Result>(handle: (tool: Tool) => Result): Result => {
    const result = handle(tool())
    showPath()
    return result
  }

  return {
    setTool: (name) => {
      if (name === editor().state.tool) return
      tool().exit()
      editor().store.setState({ tool: name })
      showPath()
    },
    pointerDown: (input) => {
      if (editor().state.image?.status === 'ok') route((tool) => tool.pointerDown?.(input))
    },
    pointerMove: (input) => {
      const isIdle = tool().state === 'idle'
      editor().store.setState({ cursor: input.at, ...(isIdle ? { hovered: hoveredAt(editor(), input) } : {}) })
      route((tool) => tool.pointerMove?.(input))
    },
    pointerUp: (input) => route((tool) => tool.pointerUp?.(input)),
    doubleClick: (input) => {
      if (!route((tool) => tool.doubleClick?.(input) ?? false)) zoomTo(editor(), input)
    },
    keyDown: (input) => route((tool) => tool.key?.(input) ?? false),
    cancelGesture: () => route((tool) => tool.cancel()),
  }
}

function hoveredAt(editor: Editor, { at }: PointerInput): AnnotationId | null {
  return editor.hits().at(at, reachOf(editor))[0]?.id ?? null
}

function zoomTo(editor: Editor, { at }: PointerInput): void {
  const hit = editor.hits().at(at, reachOf(editor))[0]
  if (hit) editor.setViewport(fitBox(editor.state.viewport, hit.box, 8))
}
