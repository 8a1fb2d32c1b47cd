/** Options that import, export and convert share. */
import { AppError } from '../shared/errors.ts'

/** ['masks=rle', 'holes=split'] -> { masks: 'rle', holes: 'split' }. @throws AppError invalid-argument */
export function parsePairs(option: string, pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0 && at < pair.length - 1) return [pair.slice(0, at), pair.slice(at + 1)] as const
      throw new AppError('invalid-argument', `${option} "${pair}" is not understood. Write name=value.`)
    }),
  )
}
