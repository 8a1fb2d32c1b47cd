/** A tool is a small state machine fed with pointer and keys in image pixels; it knows no DOM. */
import type { Editor, KeyInput, PointerInput } from '../editorTypes.ts'
import type { ToolName } from '../state.ts'

export abstract class Tool {
  abstract readonly name: ToolName
  /** 'idle' while no gesture is in hand. */
  state = 'idle'
  protected readonly editor: Editor

  constructor(editor: Editor) {
    this.editor = editor
  }

  /** Like `select.resizing`. */
  get path(): string {
    return `${this.name}.${this.state}`
  }

  pointerDown?(input: PointerInput): void
  pointerMove?(input: PointerInput): void
  pointerUp?(input: PointerInput): void
  /** True when it meant something to the tool. */
  doubleClick?(input: PointerInput): boolean
  /** True when the key was for the tool. */
  key?(input: KeyInput): boolean

  /** Ends the gesture in hand without a trace; false when there was none. */
  cancel(): boolean {
    if (this.state === 'idle') return false
    this.finish()
    return true
  }

  /** Another tool is taken. */
  exit(): void {
    this.cancel()
  }

  protected finish(): void {
    this.state = 'idle'
    this.editor.setDraft(null)
  }
}
