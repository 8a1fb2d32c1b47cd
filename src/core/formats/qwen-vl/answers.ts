/** What a conversation says is where: labels and boxes as written, before the image's size is known. */
import { scanReply } from '../../inference/qwen2vl/scan.ts'
import type { Conversation, SwiftObjects } from './record.ts'

/** What the numbers are. written: decided by themselves. */
export type Scale = 'thousandths' | 'unit' | 'pixels' | 'written'

export interface SaidBox {
  /** null where the conversation doesn't name what is looked for. */
  readonly label: string | null
  /** The question, to know it by where it has no label. */
  readonly question: string
  readonly text: string
  /** x0, y0, x1, y1; null with a `problem`. */
  readonly numbers: readonly number[] | null
  readonly problem: string
  readonly scale: Scale
}

const REF = /<\|object_ref_start\|>([^]*?)<\|object_ref_end\|>/g
/** Text that may hold boxes; other answers are just talk. */
const BOXES =
  /<\|(?:box|quad)_start\|>|<bbox>|bbox_2d|[[(]\s*[-+.\d]+\s*,\s*[-+.\d]+\s*(?:\)\s*,\s*\(|,)\s*[-+.\d]+\s*,\s*[-+.\d]+\s*[\])]/
const HOW_MANY = '(?:all |every |each )?(?:instances? of:? )?'
const END = '(?:[.,:;?!]| and (?:return|report|give|output) |$)'
/** Ways to ask without marking the words. */
const QUESTIONS = [
  /^find all ([^]+?)\. answer with /i,
  new RegExp(`^(?:detect|find|locate|list|mark|segment) ${HOW_MANY}([^]+?)(?: in (?:the|this) image)?${END}`, 'i'),
  /^locate every object that matches the description "([^"]+)"/i,
]

/** Everything that looks like a box in the model's part of the conversation, in order. */
export function boxesSaid(conversation: Conversation): SaidBox[] {
  const { turns, objects } = conversation
  const ref = [...(objects?.ref ?? [])]
  let next = 0
  return turns.flatMap(({ question, answer }) => {
    const asked = labelAsked(withRefs(question, ref))
    if (!BOXES.test(answer)) return []
    const plain = plainQuestion(question)
    const said = /bbox_2d/.test(answer) ? boxesOfJson(answer) : null
    if (said) return said.map((box) => ({ ...box, label: box.label ?? asked, question: plain }))
    const text = withRefs(answer, ref)
    return piecesOf(text, asked).flatMap(({ label, piece }) => {
      const boxes = objects && piece.includes('<bbox>') ? swiftBoxes(piece, objects, () => next++) : writtenBoxes(piece)
      return boxes.map((box) => ({ ...box, label, question: plain }))
    })
  })
}

/** Labels that are asked for or named, those that are nowhere in the image too. */
export function labelsSaid({ turns, objects }: Conversation): string[] {
  const ref = [...(objects?.ref ?? [])]
  return turns.flatMap(({ question, answer }) => {
    const asked = labelAsked(withRefs(question, ref))
    const named = [...withRefs(answer, ref).matchAll(REF)].map(([, label]) => label!.trim())
    const isAbout =
      BOXES.test(answer) ||
      /<\|object_ref_start\|>|^find all /i.test(plainQuestion(question)) ||
      question.includes('<ref-object>')
    return [...(asked !== null && isAbout ? [asked] : []), ...named].filter((label) => label !== '')
  })
}

function withRefs(text: string, ref: string[]): string {
  return text.replace(/<ref-object>/g, () => `<|object_ref_start|>${ref.shift() ?? ''}<|object_ref_end|>`)
}

const plainQuestion = (question: string): string =>
  question.replace(/<image>|<\|vision_start\|>|<\|image_pad\|>|<\|vision_end\|>/g, '').trim()

function labelAsked(question: string): string | null {
  const marked = [...question.matchAll(REF)].at(-1)?.[1]?.trim()
  if (marked) return marked
  const plain = plainQuestion(question)
  const label = QUESTIONS.map((pattern) => pattern.exec(plain)?.[1]?.trim()).find((found) => found !== undefined && found !== '')
  return label ?? null
}

/** The text cut at its references: each stands before what it is about. */
function piecesOf(text: string, asked: string | null): { label: string | null; piece: string }[] {
  const pieces: { label: string | null; piece: string }[] = []
  let label = asked
  let from = 0
  for (const match of text.matchAll(REF)) {
    pieces.push({ label, piece: text.slice(from, match.index) })
    label = match[1]!.trim() || asked
    from = match.index + match[0].length
  }
  return [...pieces, { label, piece: text.slice(from) }]
}

type Found = Omit<SaidBox, 'label' | 'question'>

function writtenBoxes(piece: string): Found[] {
  const scale = /<\|(?:box|quad)_start\|>/.test(piece) ? 'thousandths' : 'written'
  return scanReply(piece).map(({ text, numbers, problem }) => ({ text, numbers, problem, scale }))
}

function swiftBoxes(piece: string, { bbox, kind }: SwiftObjects, next: () => number): Found[] {
  const scale = ({ real: 'pixels', norm1: 'unit', norm1000: 'thousandths' } as const)[kind]
  return [...piece.matchAll(/<bbox>/g)].map(() => {
    const numbers = bbox[next()]
    const isBox = numbers?.length === 4
    return {
      text: JSON.stringify(numbers ?? null),
      numbers: isBox ? numbers : null,
      problem: numbers ? 'it has not 4 numbers' : 'the record has no box for it',
      scale,
    }
  })
}

/** [{"bbox_2d": [...], "label": "..."}] as Qwen2.5-VL and Qwen3-VL answer; null where it is not that. */
function boxesOfJson(answer: string): (Found & { label: string | null })[] | null {
  const [json] = /[[{][^]*[\]}]/.exec(answer) ?? []
  try {
    const values = [JSON.parse(json ?? '') as unknown].flat() as Readonly<Record<string, unknown>>[]
    return values
      .filter((value) => typeof value === 'object' && value !== null && 'bbox_2d' in value)
      .map(({ bbox_2d: box, label }) => {
        const numbers = Array.isArray(box) && box.length === 4 ? box.map(Number) : null
        return {
          text: JSON.stringify(box),
          numbers,
          problem: 'it has not 4 numbers',
          scale: 'written',
          label: typeof label === 'string' && label.trim() !== '' ? label.trim() : null,
        }
      })
  } catch {
    return null
  }
}
