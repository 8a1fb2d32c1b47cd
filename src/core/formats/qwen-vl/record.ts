/** One conversation about images, in any of the shapes that trainers take: LLaMA-Factory, ms-swift, ShareGPT, Qwen's own. */

export interface Conversation {
  /** Paths as written. */
  readonly images: readonly string[]
  readonly turns: readonly { readonly question: string; readonly answer: string }[]
  /** ms-swift's `objects`: what <ref-object> and <bbox> of the text stand for, in their order. */
  readonly objects: SwiftObjects | null
}

export interface SwiftObjects {
  readonly ref: readonly string[]
  readonly bbox: readonly (readonly number[])[]
  /** What the numbers are: pixels ('real'), shares ('norm1') or thousandths ('norm1000') of the image's sides. */
  readonly kind: 'real' | 'norm1' | 'norm1000'
}

type Values = Readonly<Record<string, unknown>>

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** null for a record that is no conversation. */
export function conversationOf(record: unknown): Conversation | null {
  if (!isValues(record)) return null
  const images = [record['images'], record['image']].flat().flatMap(imagePath)
  const said = saidIn(record, images)
  if (said.length === 0) return null
  const turns: { question: string; answer: string }[] = []
  let question = ''
  for (const { isAnswer, text } of said) {
    if (isAnswer) turns.push({ question, answer: text })
    else question = text
  }
  return { images, turns, objects: swiftObjects(record['objects']) }
}

/** What the user and the model say, in order; pictures between the words go to `images`. */
function saidIn(record: Values, images: string[]): { isAnswer: boolean; text: string }[] {
  const list = record['messages'] ?? record['conversations'] ?? record['conversation']
  if (!Array.isArray(list)) {
    const question = textOf(record['query']) || textOf(record['instruction'])
    const answer = textOf(record['response']) || textOf(record['output'])
    return question && answer
      ? [
          { isAnswer: false, text: question },
          { isAnswer: true, text: answer },
        ]
      : []
  }
  return list.filter(isValues).flatMap((message) => {
    if ('human' in message || 'assistant' in message) {
      return [
        { isAnswer: false, text: textOf(message['human']) },
        { isAnswer: true, text: textOf(message['assistant']) },
      ]
    }
    const role = textOf(message['role'] ?? message['from'])
    const text = contentText(message['content'] ?? message['value'], images)
    if (/^(user|human)$/.test(role)) return [{ isAnswer: false, text }]
    return /^(assistant|gpt|model)$/.test(role) ? [{ isAnswer: true, text }] : []
  })
}

function contentText(content: unknown, images: string[]): string {
  if (!Array.isArray(content)) return textOf(content)
  return content
    .filter(isValues)
    .map((part) => {
      images.push(...imagePath(part['image'] ?? part['image_url']))
      return textOf(part['text'])
    })
    .join('')
}

function imagePath(value: unknown): string[] {
  const path = isValues(value) ? textOf(value['path'] ?? value['url']) : textOf(value)
  return path === '' ? [] : [path.replace(/^file:\/\//, '')]
}

function swiftObjects(value: unknown): SwiftObjects | null {
  if (!isValues(value) || !Array.isArray(value['bbox'])) return null
  const ref = Array.isArray(value['ref']) ? value['ref'].map(textOf) : []
  const bbox = value['bbox'].map((box: unknown) =>
    Array.isArray(box) ? box.map((number) => (typeof number === 'number' ? number : NaN)) : [],
  )
  const kind = value['bbox_type']
  return { ref, bbox, kind: kind === 'norm1' || kind === 'norm1000' ? kind : 'real' }
}
