/** The prompt over every image of the project, one after the other; what is stored stays when it is stopped. */
import { createStore } from 'zustand/vanilla'
import type { ImageRow } from '../../../shared/appContract.ts'
import { messageOf } from '../../../shared/errors.ts'
import type { Prompt } from '../../../shared/model.ts'
import type { Editor } from '../../editor/index.ts'
import { seenWindow } from '../../editor/state.ts'
import { keepWords } from './labelPrompts.ts'
import { parsePrompts } from './prompts.ts'
import { rememberPrompt, settings } from '../settings.ts'
import { focusPrompt, windowState } from '../windowState.ts'

export interface FolderRun {
  readonly running: boolean
  readonly done: number
  readonly total: number
  readonly found: number
  /** Images that failed, with the reason; the run went on. */
  readonly failures: readonly string[]
  readonly stop: () => void
}

const IDLE: FolderRun = { running: false, done: 0, total: 0, found: 0, failures: [], stop: () => undefined }
const PAGE = 200

export const folderRun = createStore<FolderRun>()(() => IDLE)

/** Images that already have annotations, and those that can't be shown, are skipped. Ends when all are done or it is stopped. */
export async function runFolder(editor: Editor): Promise<void> {
  const { prompt, history } = settings.getState()
  const prompts = parsePrompts(prompt)
  if (prompts.length === 0) return focusPrompt()
  settings.setState({ history: rememberPrompt(history, prompt) })
  windowState.setState({ prompted: true })
  const controller = new AbortController()
  folderRun.setState({ ...IDLE, running: true, stop: () => controller.abort() }, true)
  try {
    for (let offset = 0; !controller.signal.aborted; offset += PAGE) {
      const { rows, total } = await editor.api['images.list']({ search: '', offset, limit: PAGE })
      folderRun.setState({ total })
      for (const row of rows) if (!controller.signal.aborted) await proposeOn(editor, row, prompts, controller.signal)
      if (rows.length < PAGE) break
    }
  } catch (error) {
    editor.report(messageOf(error))
  } finally {
    folderRun.setState({ running: false })
  }
}

async function proposeOn(editor: Editor, row: ImageRow, prompts: readonly Prompt[], signal: AbortSignal): Promise<void> {
  const { grid, minScore } = settings.getState()
  try {
    if (row.status === 'ok' && row.accepted + row.proposed === 0) {
      const seen = { imageId: row.id, frame: 0, ...seenWindow(editor.state, row) }
      const args = { ...seen, prompts: [...prompts], grid: grid ? ('both' as const) : ('off' as const), minScore }
      const { answers } = await editor.api['models.propose'](args, { signal })
      keepWords(answers, editor.state.labels)
      const found = answers.reduce((sum, answer) => sum + answer.found, 0)
      folderRun.setState((state) => ({ found: state.found + found }))
    }
  } catch (error) {
    if (signal.aborted) return
    folderRun.setState(({ failures }) => ({ failures: [...failures, `${row.path}: ${messageOf(error)}`] }))
  }
  folderRun.setState(({ done }) => ({ done: done + 1 }))
}
