/** Boxes whose masks had not come when their image was left get them when it is looked at again. */
import { isSame } from '../../shared/changes.ts'
import { hasOutline, type Annotation, type AnnotationId } from '../../shared/model.ts'
import type { Editor } from './editorTypes.ts'
import { withModelMask } from './shapes.ts'

/** Until the signal fires. Each box is tried once; what the models can't do is said as ever. */
export function makeLateMasks(editor: Editor, signal: AbortSignal): void {
  const tried = new Set<AnnotationId>()
  let looked = ''
  const look = () => {
    const { image, frame, loading } = editor.state
    const at = `${String(image?.id)} ${String(frame)}`
    if (loading || at === looked) return
    looked = at
    if (image?.status === 'ok' && waiting(editor).length > 0) void ask(editor, tried).catch(() => undefined)
  }
  signal.addEventListener('abort', editor.store.subscribe(look))
}

/** Those that may have been drawn for a mask: only the log of the project knows. */
function waiting({ state: { annotations, frame } }: Editor): Annotation[] {
  return [...annotations.values()].filter((one) => isBare(one) && one.frame === frame)
}

const isBare = (one: Annotation): boolean => one.origin === 'drawn' && !hasOutline(one)

async function ask(editor: Editor, tried: Set<AnnotationId>): Promise<void> {
  const { id: imageId } = editor.state.image!
  const ids = new Set((await editor.api['annotations.masksToCome']({ imageId })).ids)
  const isHere = () => editor.state.image?.id === imageId
  if (!isHere()) return
  const asked = waiting(editor).filter(({ id }) => ids.has(id) && !tried.has(id))
  for (const { id } of asked) tried.add(id)
  const stillWaits = (one: Annotation) => {
    const now = editor.state.annotations.get(one.id)
    return now !== undefined && isBare(now) && isSame(now.box, one.box)
  }
  const results = await editor.segment(asked.map(({ box }) => ({ box, points: [] })), () => isHere() && asked.some(stillWaits))
  if (!results || !isHere()) return
  const masks = new Map(asked.map((one, i) => [one.id, results[i]?.mask]))
  editor.update(asked.filter(stillWaits).map(({ id }) => id), (now) => {
    const mask = masks.get(now.id)
    return mask ? withModelMask(now, mask) : now
  }, 'mask')
}
