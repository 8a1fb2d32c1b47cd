/** Options of a format as a person gives them. */
import { AppError } from '../../../shared/errors.ts'
import type { FormatOption } from '../source.ts'

/** All options of the format with their values. @throws AppError invalid-argument, with the options there are */
export function givenOptions(format: { readonly name: string; readonly options: readonly FormatOption[] }, given: Readonly<Record<string, string>>): Record<string, string> {
  const known = format.options.map(({ id, choices }) => `${id}=${choices.join('|')}`).join(', ') || 'none'
  for (const id of Object.keys(given)) {
    if (format.options.every((option) => option.id !== id)) throw new AppError('invalid-argument', `${format.name} has no option "${id}". Options: ${known}.`)
  }
  const values = format.options.map((option) => {
    const value = given[option.id] ?? option.default
    if (option.choices.includes(value)) return [option.id, value] as const
    throw new AppError('invalid-argument', `${option.id}=${value} is not understood. Options: ${known}.`)
  })
  return Object.fromEntries(values)
}
