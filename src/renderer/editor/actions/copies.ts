/** Copies of the selected annotations, here or on the next image. */
import type { Size } from '../../../shared/geometry.ts'
import { clipBox } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import { clipPolygon } from '../../../shared/polygons.ts'
import type { Editor } from '../editorTypes.ts'
import { newId, stretched, topZ } from '../shapes.ts'
import { movedBox, snapMove } from '../tools/boxEdit.ts'
import { selectedAnnotations } from './selected.ts'

/** How far a copy lies from its original, CSS pixels. */
const SHIFT = 16

export function duplicateSelected(editor: Editor): void {
  const { image, viewport } = editor.state
  const by = Math.max(1, Math.round(SHIFT / viewport.scale))
  const shifted = selectedAnnotations(editor).map((annotation) => {
    const move = snapMove(annotation.box, { x: by, y: by }, image!, 0)
    return stretched(annotation, movedBox(annotation.box, move), image!)
  })
  addCopies(editor, shifted, 'duplicate')
}

/** Opens the next image and puts the copies there; a mask of another size becomes its box. */
export async function copyToNextImage(editor: Editor): Promise<void> {
  const originals = selectedAnnotations(editor)
  const from = editor.state.image!
  await editor.next()
  const { image } = editor.state
  if (!image || image.id === from.id) return
  addCopies(editor, originals.flatMap((annotation) => fitted(annotation, image)), 'copy to next image')
}

/** As it can lie on an image of this size; nothing where it lies outside. */
function fitted(annotation: Annotation, size: Size): Annotation[] {
  const box = clipBox(annotation.box, size)
  if (box.x0 >= box.x1 || box.y0 >= box.y1) return []
  const polygon = annotation.polygon && clipPolygon(annotation.polygon, size)
  const [height, width] = annotation.mask?.size ?? [0, 0]
  const mask = width === size.width && height === size.height ? annotation.mask : null
  return [{ ...annotation, box, mask, polygon: polygon?.length ? polygon : null }]
}

function addCopies(editor: Editor, originals: readonly Annotation[], reason: string): void {
  const { image, frame, annotations } = editor.state
  const top = topZ(annotations.values())
  const added = originals.map((annotation, i): Annotation => ({
    ...annotation,
    id: newId(),
    imageId: image!.id,
    frame,
    state: 'accepted',
    score: null,
    provenanceId: null,
    source: null,
    z: top + 1 + i,
  }))
  if (editor.commit({ added, updated: [], removed: [] }, reason)) editor.select(added.map(({ id }) => id))
}
