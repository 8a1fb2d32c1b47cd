/** An editor without a window: pointer and keys at image coordinates, a host in memory, scale 1. */
import { expect } from 'vitest'
import type { Editor, KeyInput, PointerInput } from '../../src/renderer/editor/editorTypes.ts'
import { createEditor } from '../../src/renderer/editor/editor.ts'
import { actions } from '../../src/renderer/editor/actions/index.ts'
import { drawnAnnotation } from '../../src/renderer/editor/shapes.ts'
import type { Outline } from '../../src/renderer/editor/shapes.ts'
import type { Annotation, LabelId } from '../../src/shared/model.ts'
import type { Api } from '../../src/renderer/editor/autosave.ts'
import { FakeHost } from './fakeApi.ts'

export type Modifiers = Partial<Pick<PointerInput, 'shift' | 'alt' | 'mod' | 'right'>>

export class TestEditor {
  readonly host: FakeHost
  readonly editor: Editor

  private constructor(host: FakeHost, api: Api) {
    this.host = host
    this.editor = createEditor(api)
  }

  /** On the first image, shown pixel for pixel. */
  static async start(host = new FakeHost()): Promise<TestEditor> {
    return TestEditor.#on(host, host.api)
  }

  /** Another window on the host that does not hear what others change. */
  static async startUnaware(host: FakeHost): Promise<TestEditor> {
    const never: Api['changes.next'] = () => new Promise(() => undefined)
    return TestEditor.#on(host, { ...host.api, 'changes.next': never })
  }

  static async #on(host: FakeHost, api: Api): Promise<TestEditor> {
    const test = new TestEditor(host, api)
    await test.editor.start()
    test.editor.setViewport({ scale: 1, offsetX: 0, offsetY: 0, width: 200, height: 100 })
    return test
  }

  get state() {
    return this.editor.state
  }

  get annotations(): Annotation[] {
    return [...this.state.annotations.values()]
  }

  /** The one annotation there is. */
  get only(): Annotation {
    expect(this.annotations).toHaveLength(1)
    return this.annotations[0]!
  }

  get selected(): Annotation[] {
    return [...this.state.selection].map((id) => this.state.annotations.get(id)!)
  }

  /** Puts an annotation there, as a step of undo. */
  add(outline: Outline, change: Partial<Annotation> = {}): Annotation {
    const added: Annotation = { ...drawnAnnotation(this.state, 1 as LabelId, outline), ...change }
    this.editor.commit({ added: [added], updated: [], removed: [] }, 'add')
    return added
  }

  pointerDown(x: number, y: number, modifiers: Modifiers = {}): this {
    this.editor.pointerDown(input(x, y, modifiers))
    return this
  }

  pointerMove(x: number, y: number, modifiers: Modifiers = {}): this {
    this.editor.pointerMove(input(x, y, modifiers))
    return this
  }

  pointerUp(x: number, y: number, modifiers: Modifiers = {}): this {
    this.editor.pointerUp(input(x, y, modifiers))
    return this
  }

  click(x: number, y: number, modifiers: Modifiers = {}): this {
    return this.pointerMove(x, y, modifiers).pointerDown(x, y, modifiers).pointerUp(x, y, modifiers)
  }

  drag(from: readonly [number, number], to: readonly [number, number], modifiers: Modifiers = {}): this {
    return this.pointerDown(...from, modifiers).pointerMove(...to, modifiers).pointerUp(...to, modifiers)
  }

  doubleClick(x: number, y: number): this {
    this.click(x, y).click(x, y)
    this.editor.doubleClick(input(x, y, {}))
    return this
  }

  /** True when the tool took it. */
  key(key: string, modifiers: Partial<KeyInput> = {}): boolean {
    return this.editor.keyDown({ key, shift: false, alt: false, mod: false, ...modifiers })
  }

  perform(id: string): this {
    const action = actions.find((one) => one.id === id)
    if (!action) throw new Error(`There is no action ${id}.`)
    expect(action.enabled(this.editor), `${id} is enabled`).toBe(true)
    action.perform(this.editor)
    return this
  }

  isEnabled(id: string): boolean {
    return actions.find((one) => one.id === id)!.enabled(this.editor)
  }

  expectToBeIn(path: string): this {
    expect(this.state.toolPath).toBe(path)
    return this
  }

  /** Until calls under way are answered and edits stored. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
  }

  /** What is stored is what is shown. */
  async expectStored(): Promise<void> {
    await this.settle()
    const stored = this.host.stored.get(this.state.image!.id)!
    expect([...stored.annotations.values()].sort(byId)).toEqual(this.annotations.sort(byId))
    expect(this.state.save).toEqual({ is: 'saved' })
  }
}

function byId(a: Annotation, b: Annotation): number {
  return a.id < b.id ? -1 : 1
}

function input(x: number, y: number, modifiers: Modifiers): PointerInput {
  return { at: { x, y }, shift: false, alt: false, mod: false, right: false, ...modifiers }
}
