/** What became of a run, in the four ways a person must be able to tell apart. */
import type { RunState } from '../../editor/index.ts'

export type Outcome =
  | { readonly is: 'none' }
  | { readonly is: 'busy'; readonly stage: NonNullable<RunState['stage']>; readonly boxes: number }
  | { readonly is: 'failed'; readonly message: string }
  /** `known`: how many of the found were there already; `missing`: the words of prompts for which the model found nothing. */
  | { readonly is: 'answered'; readonly found: number; readonly known: number; readonly missing: readonly string[]; readonly seconds: number | null }

export function outcomeOf(run: RunState): Outcome {
  if (run.busy) return { is: 'busy', stage: run.stage ?? 'decode', boxes: run.boxes.length }
  if (run.error !== null) return { is: 'failed', message: run.error }
  if (run.answers.length === 0) return { is: 'none' }
  return {
    is: 'answered',
    found: run.answers.reduce((sum, { found }) => sum + found, 0),
    known: run.answers.reduce((sum, { known }) => sum + known, 0),
    missing: run.answers.filter(({ found }) => found === 0).map(({ words }) => words),
    seconds: run.seconds,
  }
}
