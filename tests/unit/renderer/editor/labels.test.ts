import { describe, expect, it } from 'vitest'
import type { ImageId, LabelId } from '../../../../src/shared/model.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const [CAR, PERSON] = [1 as LabelId, 2 as LabelId]
const box = (x: number) => ({ box: { x0: x, y0: 10, x1: x + 10, y1: 20 } })
const names = ({ state }: TestEditor) => state.labels.map(({ name }) => name)

async function step(test: TestEditor, direction: 'undo' | 'redo'): Promise<void> {
  test.perform(`edit.${direction}`)
  await test.settle()
}

describe('undo of what was done to labels', () => {
  it('rename, recolour, key and order are steps among those on objects', async () => {
    const test = await TestEditor.start()
    await test.editor.updateLabel(CAR, { key: '1' })
    const start = test.state.labels
    const drawn = test.add(box(10))
    await test.editor.updateLabel(CAR, { name: 'lorry' })
    test.add(box(30))
    await test.editor.updateLabel(PERSON, { order: 0 })
    await test.editor.updateLabel(PERSON, { key: '1' })
    expect(names(test)).toEqual(['person', 'lorry'])
    expect(test.state.labels.map(({ key }) => key)).toEqual(['1', null])
    const end = test.state.labels
    for (let i = 0; i < 3; i++) await step(test, 'undo')
    expect(names(test)).toEqual(['lorry', 'person'])
    expect(test.annotations).toEqual([drawn])
    await step(test, 'undo')
    expect(test.state.labels.map(({ name, key, order }) => [name, key, order])).toEqual(start.map(({ name, key, order }) => [name, key, order]))
    for (let i = 0; i < 4; i++) await step(test, 'redo')
    expect(test.state.labels.map(({ name, key, order }) => [name, key, order])).toEqual(end.map(({ name, key, order }) => [name, key, order]))
    expect(test.annotations).toHaveLength(2)
    await test.expectStored()
  })

  it('the many colours a person tries are one step; what changes nothing is none', async () => {
    const test = await TestEditor.start()
    for (const color of ['#111111', '#222222', '#333333']) await test.editor.updateLabel(CAR, { color })
    await test.editor.updateLabel(CAR, { color: '#333333', name: 'car', order: 0 })
    await step(test, 'undo')
    expect(test.state.labels[0]!.color).toBe('#4682b4')
    expect(test.state.canUndo).toBe(false)
    await step(test, 'redo')
    expect(test.state.labels[0]!.color).toBe('#333333')
  })

  it('is the same step from whichever image, and undo goes back in the order things were done', async () => {
    const test = await TestEditor.start()
    test.add(box(10))
    await test.editor.updateLabel(CAR, { name: 'lorry' })
    await test.editor.next()
    await step(test, 'undo')
    expect(names(test)).toEqual(['car', 'person'])
    expect(test.state.canUndo).toBe(false)
    await test.editor.previous()
    await step(test, 'undo')
    expect(test.annotations).toEqual([])
    await step(test, 'redo')
    await step(test, 'redo')
    expect([names(test), test.annotations.length]).toEqual([['lorry', 'person'], 1])
  })

  it('a merge gives back the objects of every image, and later gestures on them can still be taken back', async () => {
    const test = await TestEditor.start()
    const first = test.add(box(10))
    const deleted = test.add(box(30))
    await test.editor.next()
    const second = test.add(box(50))
    await test.editor.removeLabel(CAR, PERSON)
    expect(test.only.labelId).toBe(PERSON)
    await test.editor.previous()
    expect(test.annotations.map(({ labelId }) => labelId)).toEqual([PERSON, PERSON])
    test.editor.select([first.id])
    test.key('ArrowRight')
    test.editor.select([deleted.id])
    test.perform('edit.delete')
    await test.editor.next()
    await step(test, 'undo')
    expect(names(test)).toEqual(['car', 'person'])
    expect(test.annotations).toEqual([second])
    await test.editor.previous()
    expect(test.only).toMatchObject({ labelId: CAR, box: { x0: 11 } })
    await step(test, 'undo')
    await step(test, 'undo')
    expect(new Set(test.annotations)).toEqual(new Set([first, deleted]))
    await test.expectStored()
    // Forth again: the label first, since it was taken back first, from the other image.
    await step(test, 'redo')
    await step(test, 'redo')
    await step(test, 'redo')
    expect(names(test)).toEqual(['person'])
    expect(test.only).toMatchObject({ labelId: PERSON, box: { x0: 11 } })
    await test.expectStored()
    expect(test.state.problems).toEqual([])
  })

  it('objects that went with their label come back with it', async () => {
    const test = await TestEditor.start()
    const car = test.add(box(10))
    const person = test.add(box(30), { labelId: PERSON })
    await test.editor.removeLabel(CAR, null)
    expect(test.annotations).toEqual([person])
    await step(test, 'undo')
    expect(new Set(test.annotations)).toEqual(new Set([car, person]))
    await step(test, 'redo')
    expect(test.annotations).toEqual([person])
    expect(names(test)).toEqual(['person'])
    await test.expectStored()
  })

  it('a gesture undone before a removal was done again is not redone with a label that is gone', async () => {
    const test = await TestEditor.start()
    test.add(box(10))
    await test.editor.removeLabel(CAR, PERSON)
    await step(test, 'undo')
    await step(test, 'undo')
    await test.editor.next()
    await step(test, 'redo')
    expect(names(test)).toEqual(['person'])
    await test.editor.previous()
    expect(test.state.canRedo).toBe(false)
    expect(test.state.problems).toEqual([])
  })

  it('a label that was added goes, unless it has objects by then', async () => {
    const test = await TestEditor.start()
    const id = (await test.editor.addLabel('tree'))!
    await test.editor.addLabel('tree')
    await step(test, 'undo')
    expect(names(test)).toEqual(['car', 'person'])
    await step(test, 'redo')
    expect(test.state.labels.at(-1)).toMatchObject({ id, name: 'tree' })
    test.add(box(10), { labelId: id })
    await test.editor.next()
    await step(test, 'undo')
    expect(names(test)).toContain('tree')
    expect(test.state.problems[0]!.message).toMatch(/has objects by now/)
    expect(test.state.canUndo).toBe(false)
  })

  it('what the host refuses is said and no step any more', async () => {
    const test = await TestEditor.start()
    await test.editor.updateLabel(CAR, { name: 'person' })
    expect(test.state.problems[0]!.message).toMatch(/already/)
    expect(test.state.canUndo).toBe(false)
    await test.editor.updateLabel(CAR, { name: 'lorry' })
    await test.editor.updateLabel(PERSON, { order: 0 })
    // Somebody else takes the name.
    test.host.labels.push({ ...test.host.labels[0]!, id: 9 as LabelId, name: 'car' })
    await step(test, 'undo')
    await step(test, 'undo')
    expect(test.state.problems).toHaveLength(2)
    expect([test.state.canUndo, test.state.canRedo]).toEqual([false, true])
  })

  it('takes back only what this window did, not what another one did meanwhile', async () => {
    const test = await TestEditor.start()
    test.host.labels.splice(1, 1, { ...test.host.labels[1]!, name: 'human', color: '#010203' })
    await test.editor.updateLabel(CAR, { name: 'lorry' })
    await step(test, 'undo')
    expect(test.state.labels.map(({ name, color }) => [name, color])).toEqual([['car', '#4682b4'], ['human', '#010203']])
    expect(test.state.canUndo).toBe(false)
  })

  it('undo waits for a change that is under way', async () => {
    const test = await TestEditor.start()
    test.add(box(10))
    const renaming = test.editor.updateLabel(CAR, { name: 'lorry' })
    test.editor.undo()
    await renaming
    await test.settle()
    expect([names(test)[0], test.annotations.length]).toEqual(['car', 1])
  })

  it('waits until edits that name a label are stored before the label goes', async () => {
    const test = await TestEditor.start()
    test.add(box(10))
    await test.editor.removeLabel(CAR, PERSON)
    expect(test.host.stored.get(1 as ImageId)!.annotations.size).toBe(1)
    expect(test.only.labelId).toBe(PERSON)
    expect(test.state.problems).toEqual([])
  })
})
