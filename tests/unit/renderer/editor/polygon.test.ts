import { describe, expect, it } from 'vitest'
import { coveredPixels } from '../../../../src/renderer/editor/maskCache.ts'
import { combineCrops, filledCrop } from '../../../../src/renderer/editor/maskCrop.ts'
import { cropToRle } from '../../../../src/shared/maskCrop.ts'
import { applySimplify, cancelSimplify, previewSimplify } from '../../../../src/renderer/editor/simplifying.ts'
import type { Annotation } from '../../../../src/shared/model.ts'
import { partsOf } from '../../../../src/shared/rings.ts'
import { IMAGE_SIZE } from '../../../helpers/fakeApi.ts'
import { TestEditor, type Modifiers } from '../../../helpers/testEditor.ts'

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const square = (x0: number, y0: number, x1: number, y1: number) => [x0, y0, x1, y0, x1, y1, x0, y1]
const area = (annotation: Annotation) => coveredPixels(annotation, IMAGE_SIZE).data.reduce((sum, value) => sum + value, 0)
const holesOf = ({ polygon }: Annotation) => partsOf(polygon!).map(({ holes }) => holes.length)
const pixels = (...boxes: ReturnType<typeof box>[]) => cropToRle(boxes.map(filledCrop).reduce((a, b) => combineCrops(a, b, 'union')), IMAGE_SIZE)
/** A square ring of pixels: 30 x 30 with a hole of 10 x 10. */
const RING = pixels(box(20, 20, 50, 30), box(20, 40, 50, 50), box(20, 20, 30, 50), box(40, 20, 50, 50))

/** A selected square from (20, 20) to (80, 80), the polygon tool in hand. */
async function withSquare(): Promise<TestEditor> {
  const test = await TestEditor.start()
  const { id } = test.add({ box: box(20, 20, 80, 80), polygon: [square(20, 20, 80, 80)] })
  test.editor.select([id])
  return test.perform('tool.polygon')
}

function draw(test: TestEditor, corners: readonly (readonly [number, number])[], first: Modifiers = {}): TestEditor {
  corners.forEach(([x, y], i) => test.click(x, y, i === 0 ? first : {}))
  expect(test.key('Enter')).toBe(true)
  return test
}

describe('holes', () => {
  it('Alt draws one into the selected polygon; its corners are moved, added and removed, the last three take it along', async () => {
    const test = await withSquare()
    test.click(40, 40, { alt: true }).expectToBeIn('polygon.cutting')
    expect(test.state.draft).toMatchObject({ kind: 'polygon', cuts: true })
    test.click(60, 40).click(60, 60)
    test.key('Enter')
    test.expectToBeIn('polygon.idle')
    expect(holesOf(test.only)).toEqual([1])
    const cut = area(test.only)
    expect(cut).toBeLessThan(3600 - 150)

    test.drag([60, 60], [60, 70])
    expect(area(test.only)).toBeLessThan(cut)
    test.drag([50, 40], [50, 30])
    expect(partsOf(test.only.polygon!)[0]!.holes[0]).toHaveLength(8)
    test.drag([20, 20], [10, 10])
    expect(test.only.box).toEqual(box(10, 10, 80, 80))
    test.click(50, 30, { alt: true }).click(60, 70, { alt: true })
    expect(test.only.polygon).toEqual([[10, 10, 80, 20, 80, 80, 20, 80]])
    for (let i = 0; i < 6; i++) test.perform('edit.undo')
    expect(test.only.polygon).toEqual([square(20, 20, 80, 80)])
    await test.expectStored()
  })

  it('is moved as a whole by its middle, and stops at the outline', async () => {
    const test = await withSquare()
    draw(test, [[30, 30], [62, 30], [62, 62], [30, 62]], { alt: true })
    const hole = () => partsOf(test.only.polygon!)[0]!.holes[0]!
    const before = area(test.only)
    test.pointerDown(46, 46).expectToBeIn('polygon.vertex').pointerMove(56, 51).pointerUp(56, 51)
    expect([...hole()].sort((a, b) => a - b)).toEqual([35, 35, 40, 40, 67, 67, 72, 72])
    expect(area(test.only)).toBe(before)
    // From the middle as it is now; past the edge it stays where it was last right.
    test.pointerDown(56, 51).pointerMove(60, 51).pointerMove(90, 51).pointerUp(90, 51)
    expect(Math.max(...hole())).toBe(76)
    // Esc: as if it had not been.
    test.pointerDown(60, 51).pointerMove(50, 51)
    expect(test.editor.cancelGesture()).toBe(true)
    expect(Math.max(...hole())).toBe(76)
    test.perform('edit.undo').perform('edit.undo')
    expect(Math.max(...hole())).toBe(62)
    await test.expectStored()
  })

  it('a small one has no handle: its middle is ground to draw on', async () => {
    const test = await withSquare()
    draw(test, [[40, 40], [60, 40], [60, 60], [40, 60]], { alt: true })
    test.click(50, 50).expectToBeIn('polygon.drawing')
  })

  it('cutting mode needs no Alt, is over after one hole, and Esc leaves it', async () => {
    const test = await withSquare()
    test.perform('tool.select').perform('object.cutHole')
    expect(test.state).toMatchObject({ tool: 'polygon', cutting: true })
    // Pressed on a corner: a hole begins there all the same.
    draw(test, [[20, 20], [60, 40], [40, 60]])
    expect(test.state.cutting).toBe(false)
    expect(holesOf(test.only)).toEqual([1])
    test.perform('object.cutHole').perform('edit.cancel')
    expect(test.state).toMatchObject({ cutting: false, tool: 'polygon' })
    expect(test.selected).toHaveLength(1)
    test.perform('object.cutHole').perform('tool.box').perform('tool.polygon')
    expect(test.state.cutting).toBe(false)
  })

  it('a corner of a hole stops at the outline, and the outline at its hole', async () => {
    const test = await withSquare()
    draw(test, [[40, 40], [60, 40], [60, 60], [40, 60]], { alt: true })
    test.pointerDown(60, 60).pointerMove(70, 70).pointerMove(95, 95).pointerUp(95, 95)
    expect(partsOf(test.only.polygon!)[0]!.holes[0]).toContain(70)
    expect(test.only.box).toEqual(box(20, 20, 80, 80))
    test.pointerDown(20, 20).pointerMove(30, 30).pointerMove(55, 55).pointerUp(55, 55)
    expect(partsOf(test.only.polygon!)[0]!.outer.slice(0, 2)).toEqual([30, 30])
    expect(holesOf(test.only)).toEqual([1])
  })

  it('across the outline, into a mask or a box, the pixels go', async () => {
    const test = await withSquare()
    draw(test, [[70, 30], [95, 30], [95, 50], [70, 50]], { alt: true })
    expect(test.only).toMatchObject({ polygon: null, box: box(20, 20, 80, 80) })
    expect(area(test.only)).toBe(3600 - 200)
    draw(test, [[30, 30], [40, 30], [40, 40], [30, 40]], { alt: true })
    expect(area(test.only)).toBe(3600 - 300)
    const { id } = test.add({ box: box(100, 20, 160, 80) })
    test.editor.select([id])
    draw(test, [[110, 30], [120, 30], [120, 40], [110, 40]], { alt: true })
    expect(area(test.state.annotations.get(id)!)).toBe(3500)
  })

  it('inside leave a box that was set by hand where it is, in corners and in pixels; across the outline it is drawn tight', async () => {
    const test = await withSquare()
    const loose = box(15, 18, 85, 82)
    const { id } = test.only
    const bounds = () => test.state.annotations.get(id)!.box
    test.editor.update([id], (now) => ({ ...now, box: loose }), 'resize')
    draw(test, [[40, 40], [60, 40], [60, 60], [40, 60]], { alt: true })
    expect([holesOf(test.only), bounds()]).toEqual([[1], loose])
    test.perform('object.toMask')
    test.editor.update([id], (now) => ({ ...now, box: loose }), 'resize')
    draw(test, [[25, 25], [35, 25], [35, 35], [25, 35]], { alt: true })
    expect([area(test.only), bounds()]).toEqual([3600 - 400 - 100, loose])
    test.perform('tool.eraser').drag([50, 30], [52, 30])
    expect(bounds()).toEqual(loose)
    test.perform('tool.polygon')
    draw(test, [[70, 10], [95, 10], [95, 90], [70, 90]], { alt: true })
    expect(bounds()).toEqual(box(20, 20, 70, 80))
  })

  it('beside the object there is nothing to cut, and nothing left is not stored; both are said', async () => {
    const test = await withSquare()
    const before = test.only
    draw(test, [[100, 30], [120, 30], [120, 50]], { alt: true })
    draw(test, [[10, 10], [90, 10], [90, 90], [10, 90]], { alt: true })
    expect(test.only).toBe(before)
    expect(test.state.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/lies outside/), expect.stringMatching(/Nothing of the object/),
    ])
    expect(test.isEnabled('edit.redo')).toBe(false)
  })

  it('without a single unlocked object Alt draws a polygon', async () => {
    const test = await withSquare()
    test.editor.setLocked([test.only.id], true)
    draw(test, [[120, 30], [150, 30], [150, 50]], { alt: true })
    expect(test.annotations).toHaveLength(2)
  })
})

describe('freehand', () => {
  const around = (test: TestEditor, end: readonly [number, number]) => {
    test.perform('tool.polygon').pointerDown(30, 30)
    const way = [[130, 30], [130, 90], [30, 90], end] as const
    let [x, y] = [30, 30]
    for (const [toX, toY] of way)
      while (x !== toX || y !== toY) test.pointerMove((x += Math.sign(toX - x)), (y += Math.sign(toY - y)) + (x % 2) * 0.2)
    expect(test.state.draft).toMatchObject({ kind: 'polygon', corners: 1 })
    return test.pointerUp(x, y)
  }

  it('a drag back to its start closes, with the corners that matter', async () => {
    const test = around(await TestEditor.start(), [30, 31])
    test.expectToBeIn('polygon.idle')
    const ring = test.only.polygon![0]!
    expect(ring.length / 2).toBeLessThan(12)
    expect(area(test.only)).toBeGreaterThan(0.98 * 100 * 60)
    expect(area(test.only)).toBeLessThan(1.02 * 100 * 60)
    test.perform('edit.undo')
    expect(test.annotations).toEqual([])
  })

  it('let go on the way it goes on by clicks', async () => {
    const test = around(await TestEditor.start(), [30, 60])
    test.expectToBeIn('polygon.drawing').click(60, 50)
    test.key('Enter')
    expect(test.only.polygon![0]!.slice(-2)).toEqual([60, 50])
  })

  it('a hand that shakes while it clicks draws no line', async () => {
    const test = await TestEditor.start()
    test.perform('tool.polygon')
    for (const [x, y] of [[30, 30], [90, 30], [60, 80]] as const) test.pointerDown(x, y).pointerMove(x + 3, y + 2).pointerUp(x + 3, y + 2)
    test.key('Enter')
    expect(test.only.polygon).toEqual([[30, 30, 90, 30, 60, 80]])
  })
})

describe('an outline that is none yet', () => {
  it('is said at Enter, and drawing goes on', async () => {
    const test = await TestEditor.start()
    test.perform('tool.polygon').click(30, 30).click(60, 30)
    expect(test.key('Enter')).toBe(true)
    test.expectToBeIn('polygon.drawing')
    expect(test.state.problems[0]!.message).toMatch(/three corners/)
    test.click(60, 70)
    test.key('Enter')
    expect(test.annotations).toHaveLength(1)
  })
})

describe('masks and polygons', () => {
  it('become each other without a pixel of difference, each a step of undo', async () => {
    const test = await TestEditor.start()
    const { id } = test.add({ box: box(20, 20, 50, 50), mask: RING }, { origin: 'model' })
    test.editor.select([id])
    expect(test.isEnabled('object.toMask')).toBe(false)
    test.perform('object.toPolygon')
    expect(test.only).toMatchObject({ mask: null, box: box(20, 20, 50, 50), origin: 'drawn' })
    expect(holesOf(test.only)).toEqual([1])
    expect(test.isEnabled('object.toPolygon')).toBe(false)
    test.perform('tool.polygon').drag([40, 40], [42, 42])
    expect(area(test.only)).toBeLessThan(800)
    test.perform('edit.undo').perform('object.toMask')
    expect(test.only).toMatchObject({ polygon: null, mask: RING, box: box(20, 20, 50, 50) })
    test.perform('edit.undo').perform('edit.undo')
    expect(test.only).toMatchObject({ mask: RING, origin: 'model' })
    await test.expectStored()
  })

  it('a box gets its corners', async () => {
    const test = await TestEditor.start()
    test.editor.select([test.add({ box: box(20, 20, 50, 40) }).id])
    test.perform('object.toPolygon')
    expect(test.only.polygon).toEqual([square(20, 20, 50, 40)])
  })
})

describe('simplify', () => {
  it('is looked at, left, and applied as one step; boxes and locked objects stay', async () => {
    const test = await TestEditor.start()
    test.editor.setBrushRadius(15)
    test.perform('tool.brush').drag([40, 50], [90, 50])
    const painted = test.only
    const boxed = test.add({ box: box(120, 20, 150, 40) })
    test.editor.select([painted.id, boxed.id])
    const fine = previewSimplify(test.editor, 0.5)!
    const rough = previewSimplify(test.editor, 3)!
    expect(fine.before).toBe(rough.before)
    expect(rough.after).toBeLessThan(fine.after)
    expect(rough.iou).toBeLessThan(fine.iou)
    expect(fine.iou).toBeGreaterThan(0.95)
    expect(test.state.draft).toMatchObject({ kind: 'preview', annotations: [{ id: painted.id, mask: null }] })
    cancelSimplify(test.editor)
    expect(test.state.draft).toBeNull()
    expect(test.annotations).toEqual([painted, boxed])
    applySimplify(test.editor, 3)
    expect(test.state.annotations.get(painted.id)!.polygon![0]!.length / 2).toBe(rough.after)
    expect(test.state.annotations.get(boxed.id)).toBe(boxed)
    test.perform('edit.undo')
    expect(test.annotations).toEqual([painted, boxed])
    test.editor.select([boxed.id])
    expect(previewSimplify(test.editor, 1)).toBeNull()
  })
})
