/** Exit codes of every command; the README lists them. */
import { AppError } from '../shared/errors.ts'

export const EXIT = {
  ok: 0,
  /** It ran, but some images failed, or what was checked is not in order. */
  partial: 1,
  /** The command line is wrong. */
  usage: 2,
  /** It could not run: a file, model or device is missing or broken. */
  failed: 3,
  /** Interrupted; what was done is kept. */
  interrupted: 130,
} as const

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return EXIT.failed
  if (error.code === 'invalid-argument') return EXIT.usage
  return error.code === 'cancelled' ? EXIT.interrupted : EXIT.failed
}
