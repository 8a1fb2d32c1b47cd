import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/shared/errors.ts'
import { maskCrop } from '../../../../src/renderer/editor/maskCache.ts'
import { combineCrops, filledCrop } from '../../../../src/renderer/editor/maskCrop.ts'
import { cropToRle } from '../../../../src/shared/maskCrop.ts'
import { FakeHost, IMAGE_SIZE } from '../../../helpers/fakeApi.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const filled = (x0: number, y0: number, x1: number, y1: number) => cropToRle(filledCrop(box(x0, y0, x1, y1)), IMAGE_SIZE)
const area = (mask: Parameters<typeof maskCrop>[0] | null) => maskCrop(mask!).data.reduce((sum, value) => sum + value, 0)

describe('what the models see', () => {
  it('deep pictures through the window the person chose, others as they are', async () => {
    const host = new FakeHost(3)
    host.images[0] = { ...host.images[0]!, depth: 16 }
    host.images[1] = { ...host.images[1]!, depth: 16 }
    const test = await TestEditor.start(host)
    const asked = async () => {
      host.windowsSeen.length = 0
      await test.editor.segment([{ box: box(30, 20, 60, 50), points: [] }])
      await test.editor.previewMasks([{ box: box(30, 20, 60, 50), points: [] }])
      await test.editor.propose([{ words: 'car', label: 'car' }], { grid: 'off', minScore: 0 })
      return [...host.windowsSeen]
    }
    expect(await asked()).toEqual([undefined, undefined, undefined])
    const window = { low: 100, high: 140 }
    test.editor.setAdjustments({ window })
    expect(await asked()).toEqual([window, window, window])
    test.editor.setAdjustments({ window: 'percentiles' })
    expect(await asked()).toEqual(['percentiles', 'percentiles', 'percentiles'])
    host.windowsSeen.length = 0
    await test.editor.openIndex(0)
    await test.settle()
    // The next image, encoded ahead.
    expect(host.windowsSeen).toEqual(['percentiles'])
    await test.editor.openIndex(2)
    expect(await asked()).toEqual([undefined, undefined, undefined])
  })
})

describe('box', () => {
  it('is stored on release, its mask joins the same step of undo', async () => {
    const test = await TestEditor.start()
    test.host.holdMasks = true
    test.perform('tool.box').pointerDown(30.4, 20).expectToBeIn('box.drawing').pointerMove(60, 50).pointerUp(60, 50).expectToBeIn('box.idle')
    expect(test.only).toMatchObject({ box: box(30, 20, 60, 50), mask: null, origin: 'drawn', state: 'accepted' })
    expect(test.selected).toEqual([test.only])
    test.host.releaseMasks()
    await test.expectStored()
    expect(test.only).toMatchObject({ box: box(30, 20, 60, 50), mask: filled(30, 20, 60, 50), origin: 'model' })
    test.editor.undo()
    expect(test.annotations).toEqual([])
    test.editor.redo()
    expect(test.only.mask).toEqual(filled(30, 20, 60, 50))
    expect(test.selected).toEqual([test.only])
    await test.expectStored()
  })

  it('keeps its mask when the next image was opened before the mask came', async () => {
    const test = await TestEditor.start()
    test.host.holdMasks = true
    test.perform('tool.box').drag([30, 20], [60, 50])
    await test.editor.next()
    test.host.releaseMasks()
    await test.settle()
    await test.editor.previous()
    expect(test.only.mask).toEqual(filled(30, 20, 60, 50))
    test.editor.undo()
    expect(test.annotations).toEqual([])
    await test.expectStored()
  })

  it('relabelled before its mask came: both stay', async () => {
    const test = await TestEditor.start()
    test.host.holdMasks = true
    test.perform('tool.box').drag([30, 20], [60, 50]).perform('label.2')
    test.host.releaseMasks()
    await test.expectStored()
    expect(test.only).toMatchObject({ labelId: 2, mask: filled(30, 20, 60, 50) })
    test.perform('edit.undo').perform('edit.undo').perform('edit.undo')
    expect(test.annotations).toEqual([])
    await test.expectStored()
  })

  it('undone before its mask came: nothing comes back', async () => {
    const test = await TestEditor.start()
    test.host.holdMasks = true
    test.perform('tool.box').drag([30, 20], [60, 50]).perform('edit.undo')
    test.host.releaseMasks()
    await test.expectStored()
    expect(test.annotations).toEqual([])
  })

  it('stays a box where the models fail, and says why once', async () => {
    const test = await TestEditor.start()
    test.host.segmentError = new AppError('model-missing', 'Install a model.')
    test.perform('tool.box').drag([30, 20], [60, 50]).drag([80, 20], [99, 50])
    await test.expectStored()
    expect(test.annotations.map(({ mask }) => mask)).toEqual([null, null])
    expect(test.state.problems.map(({ message }) => message)).toEqual(['Install a model.'])
  })

  it('a click selects instead, Esc cancels, outside is clipped', async () => {
    const test = await TestEditor.start()
    const there = test.add({ box: box(10, 10, 30, 30) })
    test.perform('tool.box').click(20, 20)
    expect(test.selected).toEqual([there])
    test.pointerDown(50, 50).pointerMove(90, 90).perform('edit.cancel').expectToBeIn('box.idle').pointerUp(90, 90)
    expect(test.annotations).toHaveLength(1)
    test.drag([150, 60], [260, 160])
    expect(test.annotations[1]!.box).toEqual(box(150, 60, 200, 100))
  })

  it('makes a label where the project has none', async () => {
    const test = await TestEditor.start(new FakeHost(1, []))
    test.perform('tool.box').drag([30, 20], [60, 50])
    await test.expectStored()
    expect(test.state.labels.map(({ name }) => name)).toEqual(['object'])
    expect(test.only.labelId).toBe(1)
  })
})

describe('polygon', () => {
  const triangle = (test: TestEditor) => test.perform('tool.polygon').click(20, 20).click(60, 20).click(60, 60)

  it('closes on its first vertex, by Enter and by a double click', async () => {
    for (const close of [
      (test: TestEditor) => test.click(21, 21),
      (test: TestEditor) => test.key('Enter'),
      (test: TestEditor) => test.editor.doubleClick({ at: { x: 60, y: 60 }, shift: false, alt: false, mod: false, right: false }),
    ]) {
      const test = await TestEditor.start()
      triangle(test).expectToBeIn('polygon.drawing')
      close(test)
      test.expectToBeIn('polygon.idle')
      expect(test.only).toMatchObject({ polygon: [[20, 20, 60, 20, 60, 60]], box: box(20, 20, 60, 60), mask: null })
      await test.expectStored()
    }
  })

  it('a double click adds no vertex twice', async () => {
    const test = await TestEditor.start()
    test.perform('tool.polygon').click(20, 20).click(60, 20).doubleClick(60, 60)
    expect(test.only.polygon).toEqual([[20, 20, 60, 20, 60, 60]])
  })

  it('Backspace and Ctrl+Z take the last vertex back, Esc all', async () => {
    const test = await TestEditor.start()
    triangle(test)
    expect(test.key('Backspace')).toBe(true)
    expect(test.key('z', { mod: true })).toBe(true)
    expect(test.state.draft).toMatchObject({ points: [{ x: 20, y: 20 }] })
    expect(test.key('Enter')).toBe(true)
    test.expectToBeIn('polygon.drawing').perform('edit.cancel').expectToBeIn('polygon.idle')
    expect(test.annotations).toEqual([])
    expect(test.key('Backspace')).toBe(false)
  })

  it('vertices: drag, add on an edge, Alt+click removes, the last ring takes the object along', async () => {
    const test = await TestEditor.start()
    triangle(test)
    test.key('Enter')
    test.pointerDown(60, 60).expectToBeIn('polygon.vertex').pointerMove(70, 80)
    expect(test.state.draft).toMatchObject({ kind: 'preview' })
    test.pointerUp(70, 80)
    expect(test.only).toMatchObject({ polygon: [[20, 20, 60, 20, 70, 80]], box: box(20, 20, 70, 80) })
    test.drag([40, 20], [40, 10])
    expect(test.only.polygon).toEqual([[20, 20, 40, 10, 60, 20, 70, 80]])
    test.click(60, 20, { alt: true })
    expect(test.only.polygon).toEqual([[20, 20, 40, 10, 70, 80]])
    test.perform('edit.undo').perform('edit.undo')
    expect(test.only.polygon).toEqual([[20, 20, 60, 20, 70, 80]])
    test.click(60, 20, { alt: true })
    expect(test.annotations).toEqual([])
    await test.expectStored()
  })

  it('moves with its object', async () => {
    const test = await TestEditor.start()
    triangle(test)
    test.key('Enter')
    test.perform('tool.select').drag([50, 30], [60, 35])
    expect(test.only.polygon).toEqual([[30, 25, 70, 25, 70, 65]])
  })
})

describe('brush and eraser', () => {
  it('starts a mask, adds to it, erases from it; one step of undo per stroke', async () => {
    const test = await TestEditor.start()
    test.editor.setBrushRadius(5)
    test.perform('tool.brush').pointerDown(50, 50).expectToBeIn('brush.painting').pointerUp(50, 50)
    const dot = area(test.only.mask)
    expect(dot).toBeGreaterThan(70)
    expect(dot).toBeLessThan(90)
    expect(test.only.box).toEqual(box(45, 45, 55, 55))
    test.drag([50, 50], [80, 50])
    expect(test.only.box).toEqual(box(45, 45, 85, 55))
    test.perform('tool.eraser').drag([70, 50], [90, 50])
    expect(test.only.box).toEqual(box(45, 45, expect.any(Number) as unknown as number, 55))
    expect(test.only.box.x1).toBeLessThan(71)
    test.perform('edit.undo').perform('edit.undo')
    expect(area(test.only.mask)).toBe(dot)
    await test.expectStored()
  })

  it('erasing all of an object removes it', async () => {
    const test = await TestEditor.start()
    test.editor.setBrushRadius(10)
    test.add({ box: box(40, 40, 50, 50), mask: filled(40, 40, 50, 50) })
    test.perform('tool.eraser').drag([40, 45], [50, 45])
    expect(test.annotations).toEqual([])
    test.perform('edit.undo')
    expect(test.only.mask).toEqual(filled(40, 40, 50, 50))
  })

  it("doesn't paint over others when told so", async () => {
    const test = await TestEditor.start()
    const other = test.add({ box: box(50, 0, 100, 100), mask: filled(50, 0, 100, 100) })
    test.perform('brush.paintOverOthers').perform('tool.brush').drag([30, 50], [70, 50])
    const painted = test.annotations.find(({ id }) => id !== other.id)!
    expect(painted.box.x1).toBe(50)
  })

  it('a polygon that is painted on becomes its pixels', async () => {
    const test = await TestEditor.start()
    const { id } = test.add({ box: box(20, 20, 60, 60), polygon: [[20, 20, 60, 20, 60, 60, 20, 60]] })
    test.editor.select([id])
    test.editor.setBrushRadius(2)
    test.perform('tool.brush').click(100, 40)
    expect(test.only.polygon).toBeNull()
    expect(test.only.box).toEqual(box(20, 20, 102, 60))
  })

  it('the smallest brush paints the pixel under it, Esc leaves no trace', async () => {
    const test = await TestEditor.start()
    test.editor.setBrushRadius(0)
    test.perform('tool.brush').click(50.1, 50.9)
    expect(test.only.box).toEqual(box(50, 50, 51, 51))
    test.pointerDown(80, 50).pointerMove(90, 50).perform('edit.cancel').pointerUp(90, 50)
    expect(test.only.box).toEqual(box(50, 50, 51, 51))
  })
})

describe('points', () => {
  it('a click makes an object, each further click is a step of undo that undo forgets', async () => {
    const test = await TestEditor.start()
    test.perform('tool.points').click(50, 50).expectToBeIn('points.waiting')
    await test.settle()
    test.expectToBeIn('points.idle')
    expect(test.only).toMatchObject({ box: box(45, 45, 55, 55), origin: 'model' })
    test.click(52, 50, { right: true })
    await test.settle()
    expect(test.only.box).toEqual(box(45, 45, 54, 55))
    test.perform('edit.undo').click(53, 50, { alt: true })
    await test.expectStored()
    expect(test.host.segmentCalls.at(-1)!.points).toEqual([{ x: 50, y: 50, positive: true }, { x: 53, y: 50, positive: false }])
    expect(test.key('Enter')).toBe(true)
    expect(test.selected).toEqual([])
  })

  it('asks with the box of the selected object, and keeps it for the next click', async () => {
    const test = await TestEditor.start()
    const { id } = test.add({ box: box(20, 20, 60, 60) }, { state: 'proposed' })
    test.editor.select([id])
    test.perform('tool.points').click(30, 30, { right: true })
    await test.settle()
    test.click(31, 31, { right: true })
    await test.settle()
    expect(test.host.segmentCalls.map((call) => call.box)).toEqual([box(20, 20, 60, 60), box(20, 20, 60, 60)])
    expect(test.only).toMatchObject({ box: box(20, 20, 58, 60), state: 'accepted' })
  })

  it('a click outside the box asks for that piece alone, and adds it to what is there', async () => {
    const test = await TestEditor.start()
    const drawn = cropToRle(combineCrops(filledCrop(box(20, 20, 60, 60)), filledCrop(box(30, 30, 40, 40)), 'subtract'), IMAGE_SIZE)
    const { id } = test.add({ box: box(20, 20, 60, 60), mask: drawn })
    test.editor.select([id])
    test.perform('tool.points').click(100, 50)
    await test.settle()
    expect(test.host.segmentCalls).toEqual([{ box: null, points: [{ x: 100, y: 50, positive: true }] }])
    expect(test.only).toMatchObject({ box: box(20, 20, 105, 60), origin: 'drawn' })
    expect(area(test.only.mask)).toBe(1500 + 100)

    // In the piece: the piece is asked again. Elsewhere outside: another piece. In the box: the box is asked, the pieces stay.
    test.click(102, 50, { right: true })
    await test.settle()
    expect(test.host.segmentCalls.at(-1)).toMatchObject({ box: null, points: [{ x: 100 }, { x: 102, positive: false }] })
    expect(area(test.only.mask)).toBe(1500 + 90)
    test.click(150, 50)
    await test.settle()
    expect(test.host.segmentCalls.at(-1)).toMatchObject({ box: null, points: [{ x: 150 }] })
    test.click(35, 35)
    await test.settle()
    expect(test.host.segmentCalls.at(-1)).toMatchObject({ box: box(20, 20, 60, 60), points: [{ x: 35 }] })
    expect(area(test.only.mask)).toBe(1600 + 90 + 100)
    expect(test.host.segmentCalls).toHaveLength(4)
    for (let i = 0; i < 4; i++) test.perform('edit.undo')
    expect(test.only.mask).toEqual(drawn)
    await test.expectStored()
  })

  it('of a box without a mask both are asked; a piece of which nothing is found changes nothing', async () => {
    const test = await TestEditor.start()
    const { id } = test.add({ box: box(20, 20, 60, 60) })
    test.editor.select([id])
    test.perform('tool.points').click(100, 50)
    await test.settle()
    expect(test.host.segmentCalls.map((call) => call.box)).toEqual([box(20, 20, 60, 60), null])
    expect(area(test.only.mask)).toBe(1600 + 100)
    const before = test.only
    const empty = { mask: cropToRle(filledCrop(box(0, 0, 0, 0)), IMAGE_SIZE), box: box(0, 0, 0, 0), score: 0.1 }
    Object.assign(test.editor.api, { 'models.segment': () => Promise.resolve({ masks: [empty], ms: 1 }) })
    test.click(180, 90)
    await test.settle()
    expect(test.only).toBe(before)
    expect(test.state.problems[0]!.message).toMatch(/nothing at these points/)
  })

  it('keeps only the clicked parts of what the model marks without a box', async () => {
    const test = await TestEditor.start()
    const both = combineCrops(filledCrop(box(40, 40, 60, 60)), filledCrop(box(150, 10, 160, 20)), 'union')
    const masks = [{ mask: cropToRle(both, IMAGE_SIZE), box: box(40, 10, 160, 60), score: 0.9 }]
    Object.assign(test.editor.api, { 'models.segment': () => Promise.resolve({ masks, ms: 1 }) })
    test.perform('tool.points').click(50, 50)
    await test.settle()
    expect(test.only).toMatchObject({ box: box(40, 40, 60, 60), mask: filled(40, 40, 60, 60) })
  })

  it('two quick clicks are one question; Esc while waiting forgets it', async () => {
    const test = await TestEditor.start()
    test.perform('tool.points').click(50, 50).click(52, 52)
    await test.settle()
    expect(test.host.segmentCalls.at(-1)!.points).toHaveLength(2)
    expect(test.annotations).toHaveLength(1)
    test.editor.select([])
    test.click(100, 50).perform('edit.cancel')
    await test.settle()
    expect(test.annotations).toHaveLength(1)
  })
})
