/** The check of the project and the walk through its findings; what mends one is an edit like any other. */
import { createStore } from 'zustand/vanilla'
import type { CheckFinding, CheckRule } from '../../../shared/appContract.ts'
import { isSame, type ChangeSet } from '../../../shared/changes.ts'
import { toWireError } from '../../../shared/errors.ts'
import { actions, type Editor } from '../../editor/index.ts'

export interface CheckState {
  /** Shown in place of the right column. */
  readonly open: boolean
  /** Images done of all while it looks, else null. */
  readonly progress: { readonly done: number; readonly total: number } | null
  readonly rules: readonly CheckRule[]
  /** Rule by rule. */
  readonly findings: readonly CheckFinding[]
  /** So many there are; more than `findings` where those are too many to go through. */
  readonly total: number
  /** The finding that is looked at, by its place in the list; -1 before the first. */
  readonly at: number
  /** What was done about a finding; null where it was gone already. */
  readonly mended: ReadonlyMap<number, ChangeSet | null>
  readonly error: string | null
}

const CLOSED: CheckState = { open: false, progress: null, rules: [], findings: [], total: 0, at: -1, mended: new Map(), error: null }

export const checkState = createStore<CheckState>()(() => CLOSED)

let running = new AbortController()

export function openCheck(editor: Editor): void {
  running.abort()
  const { signal } = (running = new AbortController())
  checkState.setState({ ...CLOSED, open: true, progress: { done: 0, total: editor.state.imageCount } })
  void look(editor, signal)
}

export function closeCheck(): void {
  running.abort()
  checkState.setState(CLOSED)
}

async function look(editor: Editor, signal: AbortSignal): Promise<void> {
  try {
    await editor.settle()
    const onProgress = (progress: { done: number; total: number }) => {
      if (!signal.aborted) checkState.setState({ progress })
    }
    const { rules, findings, total } = await editor.api['checks.run'](null, { signal, onProgress })
    const byRule = rules.flatMap(({ id }) => findings.filter(({ rule }) => rule === id))
    if (!signal.aborted) checkState.setState({ rules, findings: byRule, total, progress: null })
  } catch (error) {
    if (!signal.aborted) checkState.setState({ progress: null, error: toWireError(error).message })
  }
}

/** Goes to the image of a finding, selects its objects and shows them large. */
export async function showFinding(editor: Editor, at: number): Promise<void> {
  const finding = checkState.getState().findings[at]
  if (!finding) return
  checkState.setState({ at, error: null })
  const { imageId, annotationIds } = finding
  if (imageId === null) return
  if (editor.state.image?.id !== imageId) await editor.openImage(imageId)
  // Another one may be looked at by now.
  if (checkState.getState().at !== at || editor.state.image?.id !== imageId) return
  const present = annotationIds.flatMap((id) => editor.state.annotations.get(id) ?? [])
  if (present[0]) editor.setFrame(present[0].frame)
  editor.select(present.map(({ id }) => id))
  if (present.length > 0) actions.find(({ id }) => id === 'view.zoomToObject')!.perform(editor)
}

/** The next finding that is not mended, or the one before; round where the list ends. */
export function stepFinding(editor: Editor, by: 1 | -1): Promise<void> {
  const { findings, mended, at } = checkState.getState()
  const from = at < 0 && by < 0 ? 0 : at
  for (let step = 1; step <= findings.length; step++) {
    const to = (from + by * step + findings.length * 2) % findings.length
    if (!mended.has(to)) return showFinding(editor, to)
  }
  return Promise.resolve()
}

/** Mends the finding that is looked at, as one step of undo, and goes to the next. */
export async function mendFinding(editor: Editor): Promise<void> {
  const { at, findings, mended } = checkState.getState()
  const finding = findings[at]
  if (!finding || mended.has(at)) return stepFinding(editor, 1)
  try {
    const done = finding.like === null ? await mendObjects(editor, finding) : await mergeLabels(editor, finding)
    if (done === undefined) return await stepFinding(editor, 1)
    checkState.setState((state) => ({ mended: new Map([...state.mended, [at, done]]) }))
    await stepFinding(editor, 1)
  } catch (error) {
    checkState.setState({ error: toWireError(error).message })
  }
}

/** undefined where there is nothing that could be done by itself. */
async function mendObjects(editor: Editor, { rule, imageId, annotationIds }: CheckFinding): Promise<ChangeSet | null | undefined> {
  if (imageId === null || !canMend(rule)) return undefined
  await editor.settle()
  const changes = await editor.api['checks.fix']({ rule, imageId, annotationIds })
  if (changes === null) return null
  if (editor.state.image?.id !== imageId) await editor.openImage(imageId)
  return editor.commit(changes, `check: ${rule}`)?.changes ?? null
}

const canMend = (id: string) => checkState.getState().rules.some((rule) => rule.id === id && rule.fixName !== null)

/** Which of two labels goes into the other: that of fewer objects. null where one of them is gone. */
export function mergeOf({ where, like }: CheckFinding, { labels }: Editor['state']) {
  const [one, other] = [where, like].map((name) => labels.find((label) => label.name === name))
  if (!one || !other) return null
  return one.annotations > other.annotations ? { from: other, into: one } : { from: one, into: other }
}

async function mergeLabels(editor: Editor, finding: CheckFinding): Promise<null> {
  const merge = mergeOf(finding, editor.state)
  if (merge) await editor.removeLabel(merge.from.id, merge.into.id)
  return null
}

/** What is undone is a finding again. Until the returned function is called. */
export function followUndo(editor: Editor): () => void {
  return editor.store.subscribe((state, before) => {
    if (state.annotations === before.annotations && state.labels === before.labels) return
    const { mended, findings } = checkState.getState()
    const kept = [...mended].filter(([at, changes]) => !isBack(findings[at]!, changes, state))
    if (kept.length < mended.size) checkState.setState({ mended: new Map(kept) })
  })
}

function isBack(finding: CheckFinding, changes: ChangeSet | null, state: Editor['state']): boolean {
  if (finding.like !== null) return mergeOf(finding, state) !== null
  if (changes === null || state.image?.id !== finding.imageId) return false
  const before = [...changes.removed, ...changes.updated.map(([from]) => from)]
  return before.every((record) => isSame(state.annotations.get(record.id), record))
}
