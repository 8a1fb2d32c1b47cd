/** Boxes as said to boxes in pixels. */
import { orderedBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import type { FormatOption } from '../source.ts'
import type { SaidBox, Scale } from './answers.ts'

export const SCALE_OPTION: FormatOption = {
  id: 'scale',
  help: 'What numbers without box tokens are: thousandths or shares of the image, or pixels.',
  choices: ['auto', 'thousandths', 'unit', 'pixels'],
  default: 'auto',
}

/** Numbers beyond so many times the image are nonsense rather than over its edge. */
const FAR = 10

/** Image pixels, or words that say why not. `told`: the option, 'auto' where the numbers decide. */
export function placeSaid({ numbers, problem, scale }: SaidBox, size: Size, told: string): Box | string {
  if (!numbers) return problem
  if (!numbers.every(Number.isFinite)) return 'a coordinate is not a number'
  const chosen = scale === 'written' ? scaleOf(numbers, told) : scale
  if (chosen === null) return 'its numbers are larger than 1000: read it again with --option scale=pixels if they are pixels'
  const edge = { thousandths: { width: 1000, height: 1000 }, unit: { width: 1, height: 1 }, pixels: size }[chosen]
  const [x0, y0, x1, y1] = numbers as [number, number, number, number]
  if (Math.max(Math.abs(x0), Math.abs(x1)) > FAR * edge.width || Math.max(Math.abs(y0), Math.abs(y1)) > FAR * edge.height) {
    return `it is far outside the image (${edge.width} x ${edge.height} is its far corner)`
  }
  const right = size.width / edge.width
  const down = size.height / edge.height
  return orderedBox({ x0: x0 * right, y0: y0 * down, x1: x1 * right, y1: y1 * down })
}

function scaleOf(numbers: readonly number[], told: string): Exclude<Scale, 'written'> | null {
  if (told === 'thousandths' || told === 'unit' || told === 'pixels') return told
  const largest = Math.max(...numbers.map(Math.abs))
  if (largest <= 1) return 'unit'
  return largest <= 1000 ? 'thousandths' : null
}
