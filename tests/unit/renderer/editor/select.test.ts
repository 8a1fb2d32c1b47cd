import { describe, expect, it } from 'vitest'
import { maskCrop } from '../../../../src/renderer/editor/maskCache.ts'
import { filledCrop } from '../../../../src/renderer/editor/maskCrop.ts'
import { cropToRle } from '../../../../src/shared/maskCrop.ts'
import { IMAGE_SIZE } from '../../../helpers/fakeApi.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const filled = (x0: number, y0: number, x1: number, y1: number) => cropToRle(filledCrop(box(x0, y0, x1, y1)), IMAGE_SIZE)

describe('select', () => {
  it('a click selects the smallest object, a second click the one below, empty ground none', async () => {
    const test = await TestEditor.start()
    const large = test.add({ box: box(10, 10, 90, 90) })
    const small = test.add({ box: box(30, 30, 60, 60) })
    test.click(45, 45)
    expect(test.selected).toEqual([small])
    test.click(45, 45)
    expect(test.selected).toEqual([large])
    test.click(150, 50).expectToBeIn('select.idle')
    expect(test.selected).toEqual([])
  })

  it('Shift adds and takes away', async () => {
    const test = await TestEditor.start()
    const a = test.add({ box: box(10, 10, 40, 40) })
    const b = test.add({ box: box(60, 10, 90, 40) })
    test.click(25, 25).click(75, 25, { shift: true })
    expect(test.selected).toEqual([a, b])
    test.click(25, 25, { shift: true })
    expect(test.selected).toEqual([b])
  })

  it('a rubber band selects what lies wholly inside', async () => {
    const test = await TestEditor.start()
    const inside = test.add({ box: box(20, 20, 40, 40) })
    test.add({ box: box(60, 20, 140, 40) })
    test.pointerDown(5, 5).expectToBeIn('select.banding').pointerMove(100, 60)
    expect(test.state.draft).toEqual({ kind: 'rubber-band', box: box(5, 5, 100, 60) })
    test.pointerUp(100, 60).expectToBeIn('select.idle')
    expect(test.selected).toEqual([inside])
    expect(test.state.draft).toBeNull()
  })

  it('a drag moves as one step of undo, and Esc takes the gesture back', async () => {
    const test = await TestEditor.start()
    const start = test.add({ box: box(50, 30, 80, 60) })
    test.pointerDown(65, 45).expectToBeIn('select.pointing').pointerMove(75, 50).expectToBeIn('select.moving').pointerMove(85, 55)
    expect(test.only).toEqual(start)
    test.perform('edit.cancel').expectToBeIn('select.idle').pointerUp(85, 55)
    expect(test.only).toEqual(start)
    test.drag([65, 45], [85, 55])
    expect(test.only.box).toEqual(box(70, 40, 100, 70))
    test.editor.undo()
    expect(test.only).toEqual(start)
    await test.expectStored()
  })

  it('moving stops at the edge of the image and snaps to it', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(50, 30, 80, 60) })
    test.drag([65, 45], [19, 45])
    expect(test.only.box).toEqual(box(0, 30, 30, 60))
    test.drag([15, 45], [300, 300])
    expect(test.only.box).toEqual(box(170, 70, 200, 100))
  })

  it('a handle resizes; sides turn over where they pass; the image edge snaps', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(50, 30, 80, 60) })
    test.click(65, 45)
    test.pointerDown(80, 60).pointerMove(120, 70).expectToBeIn('select.resizing').pointerUp(120, 70)
    expect(test.only.box).toEqual(box(50, 30, 120, 70))
    test.drag([50, 50], [150, 50])
    expect(test.only.box).toEqual(box(120, 30, 150, 70))
    test.drag([135, 70], [135, 97])
    expect(test.only.box).toEqual(box(120, 30, 150, 100))
  })

  it('the edge of an object that is not selected resizes and selects it; its middle moves it, also where it is small', async () => {
    const test = await TestEditor.start()
    const { id } = test.add({ box: box(50, 30, 80, 60) })
    test.pointerDown(79, 40).expectToBeIn('select.resizing').pointerMove(100, 40).pointerUp(100, 40)
    expect(test.only.box).toEqual(box(50, 30, 100, 60))
    expect(test.selected.map((one) => one.id)).toEqual([id])
    test.click(150, 90).drag([75, 45], [85, 45])
    expect(test.only.box).toEqual(box(60, 30, 110, 60))
    test.editor.undo()
    test.click(150, 90)
    test.editor.setLocked([id], true)
    test.drag([100, 45], [120, 45])
    expect(test.only.box).toEqual(box(50, 30, 100, 60))

    const tiny = test.add({ box: box(150, 20, 158, 28) })
    test.click(190, 90).drag([154, 24], [164, 34])
    expect(test.state.annotations.get(tiny.id)!.box).toEqual(box(160, 30, 168, 38))
  })

  it('over a selected object the edge of another one moves what is selected', async () => {
    const test = await TestEditor.start()
    const large = test.add({ box: box(10, 10, 90, 90) })
    const small = test.add({ box: box(30, 30, 60, 60) })
    test.editor.select([large.id])
    test.drag([30, 40], [35, 40])
    expect(test.annotations.map((one) => one.box)).toEqual([box(15, 10, 95, 90), small.box])
  })

  it('a resized model mask follows: one step of undo, with the mask of the last box', async () => {
    const test = await TestEditor.start()
    const start = test.add({ box: box(50, 30, 80, 60), mask: filled(50, 30, 80, 60) }, { origin: 'model' })
    test.editor.select([start.id])
    test.drag([80, 60], [100, 70])
    await test.expectStored()
    expect(test.only.box).toEqual(box(50, 30, 100, 70))
    expect(test.only.mask).toEqual(filled(50, 30, 100, 70))
    test.editor.undo()
    expect(test.only).toEqual(start)
    test.editor.redo()
    expect(test.only.mask).toEqual(filled(50, 30, 100, 70))
  })

  it('while masks are slow only the newest box is asked for', async () => {
    const test = await TestEditor.start()
    const start = test.add({ box: box(50, 30, 80, 60), mask: filled(50, 30, 80, 60) }, { origin: 'model' })
    test.editor.select([start.id])
    test.host.holdMasks = true
    test.pointerDown(80, 60)
    for (let x = 81; x <= 100; x++) test.pointerMove(x, 60)
    test.host.releaseMasks()
    await test.settle()
    expect(test.host.segmentCalls.map(({ box: asked }) => asked!.x1)).toEqual([81, 100])
    expect(test.state.draft).toMatchObject({ kind: 'preview', annotations: [{ mask: filled(50, 30, 100, 60) }] })
    test.pointerUp(100, 60)
    expect(test.only.mask).toEqual(filled(50, 30, 100, 60))
  })

  it('a drawn mask moves along without asking a model', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(50, 30, 80, 60), mask: filled(55, 35, 75, 55) }, { origin: 'drawn' })
    test.drag([65, 45], [75, 45])
    expect(maskCrop(test.only.mask!)).toMatchObject({ x0: 65, y0: 35, width: 20, height: 20 })
    expect(test.host.segmentCalls).toEqual([])
  })

  it('arrows nudge by a pixel, with Shift by ten; without a selection they are not taken', async () => {
    const test = await TestEditor.start()
    expect(test.key('ArrowRight')).toBe(false)
    const { id } = test.add({ box: box(50, 30, 80, 60) })
    test.editor.select([id])
    expect(test.key('ArrowRight')).toBe(true)
    test.key('ArrowUp', { shift: true })
    expect(test.only.box).toEqual(box(51, 20, 81, 50))
  })

  it('a held arrow asks for the mask of the first and the last box only', async () => {
    const test = await TestEditor.start()
    const { id } = test.add({ box: box(50, 30, 80, 60), mask: filled(50, 30, 80, 60) }, { origin: 'model' })
    test.editor.select([id])
    test.host.holdMasks = true
    for (let i = 0; i < 10; i++) test.key('ArrowRight')
    test.host.releaseMasks()
    await test.expectStored()
    expect(test.host.segmentCalls.map(({ box: asked }) => asked!.x0)).toEqual([51, 60])
    expect(test.only).toMatchObject({ box: box(60, 30, 90, 60), mask: filled(60, 30, 90, 60) })
  })

  it('locked objects stay where they are', async () => {
    const test = await TestEditor.start()
    const start = test.add({ box: box(50, 30, 80, 60) })
    test.click(65, 45).perform('object.lock').drag([65, 45], [95, 45]).drag([80, 60], [90, 90])
    expect(test.only).toEqual(start)
    expect(test.isEnabled('edit.delete')).toBe(false)
  })

  it('hidden objects are not met', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(50, 30, 80, 60) })
    test.click(65, 45).perform('object.hide').click(150, 80).click(65, 45)
    expect(test.selected).toEqual([])
  })

  it('a dragged proposal is accepted', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(50, 30, 80, 60) }, { state: 'proposed', score: 0.7 })
    test.drag([65, 45], [85, 45])
    expect(test.only).toMatchObject({ state: 'accepted', score: null })
  })
})
