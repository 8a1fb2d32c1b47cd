/** A hole in an object: corners where it lies inside an outline, else its pixels. */
import { clipPolygon } from '../../../shared/polygons.ts'
import { rasterizePolygon } from '../../../shared/rasterize.ts'
import type { Ring } from '../../../shared/rings.ts'
import { cutRing, partsOf, polygonOf } from '../../../shared/rings.ts'
import type { Size } from '../../../shared/geometry.ts'
import { runsToCrop } from '../../../shared/maskCrop.ts'
import type { Annotation } from '../../../shared/model.ts'
import type { Editor } from '../editorTypes.ts'
import { coveredPixels } from '../maskCache.ts'
import { combineCrops } from '../maskCrop.ts'
import { withBoxKept, withPixels, withPolygon } from '../shapes.ts'

/** Takes what lies in the ring out of the annotation, one step of undo; says so where nothing would be left or nothing was met. */
export function cutHole(editor: Editor, target: Annotation, ring: Ring): void {
  const size = editor.state.image!
  const to = cornersLeft(target, ring) ?? pixelsLeft(target, ring, size)
  if (to === null) editor.report('Nothing of the object would be left. Delete it instead.')
  else if (to === target) editor.report('The hole lies outside the object: there is nothing to cut.')
  else editor.update([target.id], () => withBoxKept(target, to, size), 'cut hole')
}

/** Undefined where only pixels can tell. */
function cornersLeft(target: Annotation, ring: Ring): Annotation | null | undefined {
  const before = target.polygon && partsOf(target.polygon)
  const after = before && cutRing(before, ring)
  if (!after) return undefined
  if (after.length === 0) return null
  const isSame = after.length === before.length && after.every((part, i) => part === before[i])
  return isSame ? target : withPolygon(target, polygonOf(after))
}

function pixelsLeft(target: Annotation, ring: Ring, size: Size): Annotation | null {
  const before = coveredPixels(target, size)
  const after = combineCrops(before, runsToCrop(rasterizePolygon(clipPolygon([[...ring]], size), size)), 'subtract')
  const isSame = after.data.every((value, i) => value === before.data[i])
  return isSame ? target : withPixels(target, after, size)
}
