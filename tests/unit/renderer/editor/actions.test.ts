import { describe, expect, it } from 'vitest'
import { actions, ACTION_GROUPS } from '../../../../src/renderer/editor/actions/index.ts'
import { labelOfKey } from '../../../../src/renderer/editor/actions/label.ts'
import { maskCrop } from '../../../../src/renderer/editor/maskCache.ts'
import { filledCrop } from '../../../../src/renderer/editor/maskCrop.ts'
import { cropToRle } from '../../../../src/shared/maskCrop.ts'
import { partsOf, polygonOf } from '../../../../src/shared/rings.ts'
import { FakeHost, IMAGE_SIZE } from '../../../helpers/fakeApi.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const filled = (x0: number, y0: number, x1: number, y1: number) => cropToRle(filledCrop(box(x0, y0, x1, y1)), IMAGE_SIZE)
const masked = (x0: number, y0: number, x1: number, y1: number) => ({ box: box(x0, y0, x1, y1), mask: filled(x0, y0, x1, y1) })

async function withPair(): Promise<TestEditor> {
  const test = await TestEditor.start()
  const pair = [test.add(masked(10, 10, 50, 50)), test.add(masked(40, 10, 80, 50))]
  test.editor.select(pair.map(({ id }) => id))
  return test
}

describe('actions', () => {
  it('have ids, keys and groups that do not collide', () => {
    const keys = actions.flatMap((action) => action.keys)
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length)
    expect(new Set(actions.map(({ group }) => group))).toEqual(new Set(ACTION_GROUPS))
  })

  it('label keys: the label with that key first, then by order', () => {
    const { labels } = new FakeHost(1, ['a', 'b', 'c'])
    const keyed = labels.map((label) => (label.name === 'c' ? { ...label, key: '1' } : label))
    expect(labelOfKey(labels, '1')?.name).toBe('a')
    expect(labelOfKey(keyed, '1')?.name).toBe('c')
    expect(labelOfKey(keyed, '3')).toBeUndefined()
  })

  it('a label key relabels the selection as one step of undo', async () => {
    const test = await withPair()
    test.perform('label.2')
    expect(test.annotations.map(({ labelId }) => labelId)).toEqual([2, 2])
    test.perform('edit.undo')
    expect(test.annotations.map(({ labelId }) => labelId)).toEqual([1, 1])
    expect(test.state.activeLabelId).toBe(2)
  })

  it('union takes the other along, subtract leaves it, intersect keeps the common part', async () => {
    const after = async (id: string) => (await withPair()).perform(id).annotations.map(({ mask }) => mask)
    expect(await after('object.union')).toEqual([filled(10, 10, 80, 50)])
    expect(await after('object.subtract')).toEqual([filled(10, 10, 40, 50), filled(40, 10, 80, 50)])
    expect(await after('object.intersect')).toEqual([filled(40, 10, 50, 50)])
  })

  it('a hole made by subtract stays a hole, and nothing in common is said', async () => {
    const test = await TestEditor.start()
    const ring = test.add({ box: box(10, 10, 50, 50), polygon: [[10, 10, 50, 10, 50, 50, 10, 50]] })
    const inner = test.add(masked(20, 20, 30, 30))
    const far = test.add(masked(100, 10, 110, 20))
    test.editor.select([ring.id, inner.id])
    test.perform('object.subtract')
    const crop = maskCrop(test.state.annotations.get(ring.id)!.mask!)
    expect(crop.data.reduce((sum, value) => sum + value, 0)).toBe(40 * 40 - 100)
    test.editor.select([inner.id, far.id])
    test.perform('object.intersect')
    expect(test.annotations).toHaveLength(3)
    expect(test.state.problems).toHaveLength(1)
  })

  it('split makes an object of each part', async () => {
    const test = await withPair()
    test.perform('object.union')
    test.editor.setBrushRadius(4)
    test.perform('tool.eraser').drag([45, 0], [45, 60]).perform('object.split')
    expect(test.annotations.map((annotation) => annotation.box).sort((a, b) => a.x0 - b.x0)).toEqual([box(10, 10, 41, 50), box(49, 10, 80, 50)])
    expect(test.selected).toHaveLength(2)
    test.perform('edit.undo')
    expect(test.annotations).toHaveLength(1)
  })

  it('split keeps the holes of a polygon with their part', async () => {
    const test = await TestEditor.start()
    const square = (x0: number, y0: number, x1: number, y1: number) => [x0, y0, x1, y0, x1, y1, x0, y1]
    const polygon = polygonOf([{ outer: square(10, 10, 50, 50), holes: [square(20, 20, 30, 30)] }, { outer: square(60, 10, 90, 40), holes: [] }])
    test.editor.select([test.add({ box: box(10, 10, 90, 50), polygon }).id])
    test.perform('object.split')
    expect(test.annotations.map((one) => [one.box.x0, partsOf(one.polygon!)[0]!.holes.length])).toEqual([[10, 1], [60, 0]])
  })

  it('duplicates beside the original, and copies to the next image', async () => {
    const test = await TestEditor.start()
    const original = test.add(masked(10, 10, 50, 50))
    test.editor.select([original.id])
    test.perform('edit.duplicate')
    expect(test.selected).toMatchObject([masked(26, 26, 66, 66)])
    test.editor.select([original.id])
    test.perform('edit.copyToNext')
    await test.settle()
    expect(test.state.image?.index).toBe(1)
    expect(test.only).toMatchObject({ ...masked(10, 10, 50, 50), imageId: 2 })
    await test.expectStored()
  })

  it('box to mask fills every selected box in one step', async () => {
    const test = await TestEditor.start()
    const ids = [test.add({ box: box(10, 10, 50, 50) }).id, test.add({ box: box(60, 10, 80, 50) }).id]
    test.editor.select(ids)
    test.perform('object.boxToMask')
    await test.settle()
    expect(test.annotations.map(({ mask }) => mask)).toEqual([filled(10, 10, 50, 50), filled(60, 10, 80, 50)])
    test.perform('edit.undo')
    expect(test.annotations.map(({ mask }) => mask)).toEqual([null, null])
  })

  it('a group has a new number of its image; Ctrl+click selects all of it; ungrouped they are alone again', async () => {
    const test = await withPair()
    test.add({ box: box(150, 60, 160, 70) }, { group: 4 })
    test.perform('object.group')
    expect(test.annotations.map(({ group }) => group)).toEqual([5, 5, 4])
    test.click(190, 90).click(20, 20, { mod: true })
    expect(test.selected.map(({ group }) => group)).toEqual([5, 5])
    test.click(155, 65, { mod: true })
    expect(test.selected.map(({ group }) => group)).toEqual([4])
    expect(test.isEnabled('object.group')).toBe(false)
    test.click(20, 20, { mod: true }).perform('object.ungroup')
    expect(test.annotations.map(({ group }) => group)).toEqual([null, null, 4])
    expect(test.isEnabled('object.ungroup')).toBe(false)
    test.perform('edit.undo').perform('edit.undo')
    expect(test.annotations.map(({ group }) => group)).toEqual([null, null, 4])
    await test.expectStored()
  })

  it('front and back keep the order of what is moved', async () => {
    const test = await withPair()
    const third = test.add(masked(10, 60, 50, 90))
    test.perform('object.bringToFront')
    const order = () => test.editor.hits().all().map(({ box: { x0, y0 } }) => [x0, y0])
    expect(order()).toEqual([[10, 60], [10, 10], [40, 10]])
    test.editor.select([third.id])
    test.perform('object.bringToFront')
    expect(order()).toEqual([[10, 10], [40, 10], [10, 60]])
    test.perform('object.sendToBack')
    expect(order()).toEqual([[10, 60], [10, 10], [40, 10]])
  })

  it('delete removes what is selected and can be undone', async () => {
    const test = await withPair()
    const before = test.annotations
    test.perform('edit.delete')
    expect(test.annotations).toEqual([])
    expect(test.state.selection.size).toBe(0)
    test.perform('edit.undo')
    expect(new Set(test.annotations)).toEqual(new Set(before))
    expect(new Set(test.selected)).toEqual(new Set(before))
    await test.expectStored()
  })

  it('accepting and discarding all is about this page; what is locked is not discarded, and Esc goes on', async () => {
    const test = await TestEditor.start()
    const made = [0, 0, 1].map((frame, n) => test.add({ box: box(10 + 30 * n, 10, 30 + 30 * n, 30) }, { state: 'proposed', frame }))
    const stateOf = (n: number) => test.state.annotations.get(made[n]!.id)?.state
    test.editor.setLocked([made[0]!.id], true)
    test.perform('edit.cancel')
    expect([0, 1, 2].map(stateOf)).toEqual(['proposed', undefined, 'proposed'])
    expect(test.isEnabled('review.discardAll')).toBe(false)
    test.editor.select([made[0]!.id])
    test.perform('edit.cancel')
    expect(test.selected).toEqual([])
    test.perform('review.acceptAll')
    expect([0, 2].map(stateOf)).toEqual(['accepted', 'proposed'])
    expect(test.isEnabled('review.acceptAll')).toBe(false)
    await test.expectStored()
  })

  it('Esc: gesture, then proposals, then selection, then the tool', async () => {
    const test = await withPair()
    test.perform('tool.box').perform('edit.cancel')
    expect(test.state).toMatchObject({ tool: 'box', selection: new Set() })
    test.perform('edit.cancel')
    expect(test.state.tool).toBe('select')
  })
})
