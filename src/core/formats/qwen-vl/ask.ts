/** The words of a conversation: what is asked, and how Qwen2-VL answers (arXiv 2409.12191, section 2.2.1). */
import { clipBox } from '../../../shared/geometry.ts'
import type { Box, Size } from '../../../shared/geometry.ts'

/** LLaMA-Factory with roles, the same as plain ShareGPT, or ms-swift, which puts the boxes in as its model wants them. */
export type Style = 'llama-factory' | 'sharegpt' | 'ms-swift'
/** Qwen2-VL's own tokens and thousandths, or lists of shares of the image in three decimals. */
export type Coordinates = 'qwen-tokens' | 'unit-list'

const NONE = 'There are none.'
/** Words that trainers or the model take for something else. */
const CONTROL = /<\|[^|<>]*\|>|<(?:image|video|audio|bbox|ref-object)>/

/** Whether a label can be asked for. */
export const isAskable = (label: string): boolean => !CONTROL.test(label)

/** One line of jsonl: whether and where `label` is on the image; `boxes` on the image, image pixels. */
export function conversationLine(
  style: Style,
  coordinates: Coordinates,
  picture: string,
  label: string,
  boxes: readonly Box[],
  size: Size,
): string {
  const isSwift = style === 'ms-swift' && coordinates === 'qwen-tokens'
  const question =
    coordinates === 'unit-list'
      ? listQuestion(label)
      : isSwift
        ? 'Find all <ref-object>'
        : `Find all <|object_ref_start|>${label}<|object_ref_end|>`
  const answer =
    coordinates === 'unit-list'
      ? listAnswer(boxes, size)
      : boxes.length === 0
        ? NONE
        : isSwift
          ? '<bbox>'.repeat(boxes.length)
          : tokenAnswer(boxes, size)
  const user = `<image>${question}`
  const record =
    style === 'sharegpt'
      ? {
          conversations: [
            { from: 'human', value: user },
            { from: 'gpt', value: answer },
          ],
          images: [picture],
        }
      : {
          messages: [
            { role: 'user', content: user },
            { role: 'assistant', content: answer },
          ],
          images: [picture],
        }
  const objects = { ref: [label], bbox: boxes.map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1]) }
  return `${JSON.stringify(isSwift ? { ...record, objects } : record)}\n`
}

function listQuestion(label: string): string {
  const form = '[[x_min, y_min, x_max, y_max], ...]'
  return `Find all ${label}. Answer with their boxes as ${form}, values between 0 and 1. If there are none, answer [].`
}

function listAnswer(boxes: readonly Box[], size: Size): string {
  return `[${boxes
    .map(
      (box) =>
        `[${thousandths(box, size)
          .map((value) => (value / 1000).toFixed(3))
          .join(', ')}]`,
    )
    .join(', ')}]`
}

function tokenAnswer(boxes: readonly Box[], size: Size): string {
  return boxes
    .map((box) => {
      const [x0, y0, x1, y1] = thousandths(box, size)
      return `<|box_start|>(${x0},${y0}),(${x1},${y1})<|box_end|>`
    })
    .join('')
}

/** Rounded as Qwen's own scripts do; a box is at least one thousandth wide and high, for one without area is none. */
function thousandths({ x0, y0, x1, y1 }: Box, { width, height }: Size): [number, number, number, number] {
  const [left, right] = rounded((x0 / width) * 1000, (x1 / width) * 1000)
  const [top, bottom] = rounded((y0 / height) * 1000, (y1 / height) * 1000)
  return [left, top, right, bottom]
}

function rounded(low: number, high: number): [number, number] {
  if (Math.round(low) < Math.round(high)) return [Math.round(low), Math.round(high)]
  if (Math.floor(low) < Math.ceil(high)) return [Math.floor(low), Math.ceil(high)]
  return low < 1000 ? [low, low + 1] : [999, 1000]
}

/** What is on the image of a box; null where that is nothing. */
export function boxOn(box: Box, size: Size): Box | null {
  const shown = clipBox(box, size)
  const isGone = (shown.x1 === shown.x0 && box.x1 > box.x0) || (shown.y1 === shown.y0 && box.y1 > box.y0)
  return isGone || box.x0 > size.width || box.y0 > size.height || box.x1 < 0 || box.y1 < 0 ? null : shown
}
