import { beforeEach, describe, expect, it } from 'vitest'
import { drawnAnnotation } from '../../../../src/renderer/editor/shapes.ts'
import type { Annotation, LabelId } from '../../../../src/shared/model.ts'
import { labelRow } from '../../../helpers/fakeLabels.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const DOG = 3 as LabelId

describe('a label made by a prompt', () => {
  let test: TestEditor
  const names = () => test.state.labels.map(({ name }) => name)
  const proposal = (x: number): Annotation => ({
    ...drawnAnnotation(test.state, DOG, { box: { x0: x, y0: 10, x1: x + 20, y1: 30 } }), state: 'proposed', origin: 'model', score: 0.5,
  })
  beforeEach(async () => {
    test = await TestEditor.start()
    test.host.labels.push(labelRow('dog', 2))
    test.host.proposals = [proposal(10), proposal(60)]
    await test.editor.propose([{ words: 'a dog', label: 'dog' }], { grid: 'off', minScore: 0 })
    expect([names(), test.annotations.length]).toEqual([['car', 'person', 'dog'], 2])
  })

  it('goes when all that was proposed is discarded, and one undo brings back both', async () => {
    test.perform('review.discardAll')
    await test.settle()
    expect([names(), test.host.labels.length]).toEqual([['car', 'person'], 2])
    test.perform('edit.undo')
    await test.settle()
    expect([names(), test.annotations.length]).toEqual([['car', 'person', 'dog'], 2])
    await test.expectStored()
    test.perform('edit.redo')
    await test.settle()
    expect([names(), test.annotations.length]).toEqual([['car', 'person'], 0])
  })

  it('goes with the last one that is deleted, not with the first', async () => {
    const [one, other] = test.annotations
    test.editor.select([one!.id])
    test.perform('edit.delete')
    await test.settle()
    expect(names()).toContain('dog')
    test.editor.select([other!.id])
    test.perform('edit.delete')
    await test.settle()
    expect(names()).not.toContain('dog')
  })

  it('stays once one of its objects was accepted, whatever becomes of that', async () => {
    const [one] = test.annotations
    test.editor.select([one!.id])
    test.perform('review.acceptSelected')
    await test.settle()
    test.perform('edit.selectAll').perform('edit.delete')
    await test.settle()
    expect([names(), test.annotations]).toEqual([['car', 'person', 'dog'], []])
  })

  it('stays where it has objects on another image', async () => {
    const [, second] = test.host.images
    test.host.applyElsewhere(second!.id, { added: [{ ...proposal(10), imageId: second!.id }], updated: [], removed: [] })
    test.perform('review.discardAll')
    await test.settle()
    expect(names()).toContain('dog')
  })

  it('leaves what was done after the discarding where it is when it comes back', async () => {
    test.perform('review.discardAll')
    await Promise.resolve()
    const drawn = test.add({ box: { x0: 1, y0: 1, x1: 9, y1: 9 } })
    await test.settle()
    expect(names()).not.toContain('dog')
    test.perform('edit.undo')
    await test.settle()
    expect([names(), test.annotations]).toEqual([['car', 'person', 'dog'], [drawn]])
  })

  it('is one that was not there before: others stay when nothing is left of them', async () => {
    test.add({ box: { x0: 1, y0: 1, x1: 9, y1: 9 } })
    test.perform('review.acceptAll').perform('edit.selectAll').perform('edit.delete')
    await test.settle()
    expect(names()).toEqual(['car', 'person', 'dog'])
  })
})
