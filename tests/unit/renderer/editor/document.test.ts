import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../../../../src/shared/errors.ts'
import type { Annotation, ImageId, LabelId } from '../../../../src/shared/model.ts'
import { drawnAnnotation } from '../../../../src/renderer/editor/shapes.ts'
import { FakeHost } from '../../../helpers/fakeApi.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1 })
const FIRST = 1 as ImageId

function proposal(test: TestEditor, x: number, change: Partial<Annotation> = {}): Annotation {
  const made = drawnAnnotation(test.state, 1 as LabelId, { box: box(x, 10, x + 20, 30) })
  return { ...made, state: 'proposed', origin: 'model', score: 0.8, ...change }
}

async function withProposals(): Promise<TestEditor> {
  const test = await TestEditor.start()
  test.host.proposals = [proposal(test, 10), proposal(test, 60)]
  await test.editor.propose([{ words: 'car', label: 'car' }], { grid: 'off', minScore: 0 })
  return test
}

describe('images', () => {
  it('opens the next one and counts presses however slow the disk is', async () => {
    const test = await TestEditor.start()
    void test.editor.next()
    await test.editor.next()
    expect(test.state.image?.index).toBe(2)
    await test.editor.next()
    expect(test.state.image?.index).toBe(2)
    expect(test.isEnabled('image.next')).toBe(false)
    await test.editor.openIndex(0)
    await test.settle()
    expect(test.state).toMatchObject({ loading: false, nextImage: { index: 1 } })
  })

  it('next and previous go through what the file list is searched for', async () => {
    const host = new FakeHost(6)
    host.images.forEach((image, i) => Object.assign(image, { path: `${i % 2 === 0 ? 'even' : 'odd'}-${String(i)}.png` }))
    const test = await TestEditor.start(host)
    test.editor.setSearch('odd')
    void test.editor.next()
    await test.editor.next()
    expect(test.state.image?.path).toBe('odd-3.png')
    await test.settle()
    expect(test.state.nextImage?.path).toBe('odd-5.png')
    void test.editor.next()
    void test.editor.next()
    await test.editor.next()
    expect(test.state.image?.path).toBe('odd-5.png')
    await test.editor.next()
    expect(test.state).toMatchObject({ image: { path: 'odd-5.png' }, loading: false, problems: [] })
    // Pressed at once they lead where they would one after the other: past the last match there is nothing to come back from.
    void test.editor.next()
    await test.editor.previous()
    expect(test.state.image?.path).toBe('odd-3.png')
    void test.editor.next()
    await test.editor.previous()
    expect(test.state).toMatchObject({ image: { path: 'odd-3.png' }, loading: false })
    void test.editor.previous()
    void test.editor.previous()
    await test.editor.next()
    expect(test.state.image?.path).toBe('odd-3.png')
    await test.editor.openIndex(3)
    test.editor.setSearch('')
    await test.editor.previous()
    expect(test.state.image?.path).toBe('even-2.png')
  })

  it('the one looked at is not kept in a project that was opened meanwhile', async () => {
    const host = new FakeHost()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const test = await TestEditor.start(host)
      await test.editor.next()
      host.images.forEach((image) => Object.assign(image, { path: `other-${image.path}` }))
      vi.runAllTimers()
      await test.settle()
      expect(host.settings).toEqual({})
    } finally {
      vi.useRealTimers()
    }
  })

  it('starts with the one looked at last, or the first where that is gone', async () => {
    const host = new FakeHost()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const test = await TestEditor.start(host)
      await test.editor.next()
      await test.editor.next()
      vi.runAllTimers()
      await test.editor.close()
    } finally {
      vi.useRealTimers()
    }
    expect(host.settings).toEqual({ 'window.image': 3 })
    expect((await TestEditor.start(host)).state.image?.id).toBe(3)
    host.images.pop()
    expect((await TestEditor.start(host)).state.image?.id).toBe(1)
  })

  it('undo is per image', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(10, 10, 30, 30) })
    await test.editor.next()
    expect(test.state.canUndo).toBe(false)
    await test.editor.previous()
    test.perform('edit.undo')
    expect(test.annotations).toEqual([])
    await test.expectStored()
  })

  it('a gesture in hand ends with its image', async () => {
    const test = await TestEditor.start()
    test.perform('tool.polygon').click(20, 20)
    await test.editor.next()
    test.expectToBeIn('polygon.idle')
    expect(test.state.draft).toBeNull()
  })
})

describe('a host that is away', () => {
  it('another project waits for nobody: what is not saved is said, and stays', async () => {
    const test = await TestEditor.start()
    test.host.applyError = new AppError('internal', 'Marquee is not answering.')
    test.add({ box: box(10, 10, 30, 30) })
    await expect(test.editor.settle()).rejects.toThrow('What was done last is not saved yet: Marquee is not answering.')
    await vi.waitFor(() => expect(test.state.save).toEqual({ is: 'saved' }))
    await test.editor.settle()
    expect(test.annotations).toHaveLength(1)
    await test.expectStored()
  })

  it('a label is not removed before what was done with it is saved, and that is said', async () => {
    const test = await TestEditor.start()
    test.host.applyError = new AppError('disk-full', 'The disk is full.')
    test.add({ box: box(10, 10, 30, 30) })
    await test.editor.removeLabel(test.state.labels[0]!.id, null)
    expect(test.state.labels).toHaveLength(2)
    expect(test.state.problems.map(({ message }) => message)).toEqual(['What was done last is not saved yet: The disk is full.'])
    await vi.waitFor(() => expect(test.state.save).toEqual({ is: 'saved' }))
    await test.editor.removeLabel(test.state.labels[0]!.id, null)
    expect(test.state.labels).toHaveLength(1)
  })
})

describe('proposals', () => {
  it('appear when the model is done, with what it said', async () => {
    const test = await withProposals()
    expect(test.annotations.map(({ state }) => state)).toEqual(['proposed', 'proposed'])
    expect(test.state.run).toMatchObject({ busy: false, error: null, answers: [{ found: 2 }] })
    expect(test.state.canUndo).toBe(false)
  })

  it('accept all is one step of undo', async () => {
    const test = await withProposals()
    test.perform('review.acceptAll')
    expect(test.annotations.map(({ state }) => state)).toEqual(['accepted', 'accepted'])
    test.perform('edit.undo')
    expect(test.annotations.map(({ state }) => state)).toEqual(['proposed', 'proposed'])
    await test.expectStored()
  })

  it('Tab walks, Shift+Enter accepts one, Esc discards the rest', async () => {
    const test = await withProposals()
    test.perform('review.nextObject')
    expect(test.selected[0]!.box.x0).toBe(10)
    test.perform('review.nextObject').perform('review.acceptSelected').perform('edit.cancel')
    expect(test.annotations).toMatchObject([{ state: 'accepted', box: { x0: 60 } }])
    await test.expectStored()
  })

  it('that no model could make: the reason is in the run, stopped is no error', async () => {
    const test = await TestEditor.start()
    const failing = (error: AppError) => Object.assign(test.editor.api, { 'models.propose': () => Promise.reject(error) })
    failing(new AppError('model-missing', 'Install a model.'))
    await test.editor.propose([{ words: 'car', label: 'car' }], { grid: 'off', minScore: 0 })
    expect(test.state.run).toMatchObject({ busy: false, error: 'Install a model.' })
    failing(new AppError('cancelled', 'Cancelled.'))
    await test.editor.propose([{ words: 'car', label: 'car' }], { grid: 'off', minScore: 0 })
    expect(test.state.run).toMatchObject({ busy: false, error: null })
  })
})

describe('the label in hand', () => {
  it('is the one of the first prompt after a run, where there is such a label, and of a single selected object', async () => {
    const test = await TestEditor.start(new FakeHost(1, ['person', 'car']))
    expect(test.state.activeLabelId).toBe(1)
    await test.editor.propose([{ words: 'auto', label: 'car' }, { words: 'person', label: 'person' }], { grid: 'off', minScore: 0 })
    expect(test.state.activeLabelId).toBe(2)
    await test.editor.propose([{ words: 'tree', label: 'tree' }], { grid: 'off', minScore: 0 })
    expect(test.state.activeLabelId).toBe(2)

    const person = test.add({ box: box(10, 10, 30, 30) })
    const car = test.add({ box: box(60, 10, 80, 30) }, { labelId: 2 as LabelId })
    test.editor.select([person.id])
    expect(test.state.activeLabelId).toBe(1)
    test.editor.select([person.id, car.id])
    test.editor.select([])
    expect(test.state.activeLabelId).toBe(1)
    test.editor.select([car.id])
    expect(test.state.activeLabelId).toBe(2)
  })
})

describe('two windows', () => {
  it('the second sees what the first did', async () => {
    const test = await TestEditor.start()
    test.host.applyElsewhere(FIRST, { added: [proposal(test, 10)], updated: [], removed: [] })
    await test.settle()
    expect(test.annotations).toHaveLength(1)
    expect(test.state.imagesVersion).toBeGreaterThan(0)
  })

  it('edits of different objects both stay, and undo still works', async () => {
    const host = new FakeHost()
    const [one, two] = [await TestEditor.start(host), await TestEditor.start(new FakeHost())]
    host.applyElsewhere(FIRST, { added: [proposal(two, 100)], updated: [], removed: [] })
    one.add({ box: box(10, 10, 30, 30) })
    await one.settle()
    expect(one.annotations).toHaveLength(2)
    expect(one.state.problems).toEqual([])
    one.perform('edit.undo')
    await one.expectStored()
    expect(one.only.box.x0).toBe(100)
  })

  it('edits of one object: the first stays, the second person is told', async () => {
    const test = await TestEditor.start()
    const start = test.add({ box: box(10, 10, 30, 30) })
    await test.settle()
    const moved = { ...start, box: box(50, 50, 70, 70) }
    test.host.applyElsewhere(FIRST, { added: [], updated: [[start, moved]], removed: [] })
    test.editor.update([start.id], (now) => ({ ...now, difficult: true }), 'attribute')
    await test.expectStored()
    expect(test.only).toEqual(moved)
    expect(test.state.problems[0]!.message).toMatch(/changed the same objects first/)
    expect(test.state.canUndo).toBe(false)
  })

  it('both edit one object: whoever is stored first stays, the other is told, shown it, and goes on from there', async () => {
    const one = await TestEditor.start()
    const { id } = one.add({ box: box(10, 10, 30, 30) })
    const other = one.add({ box: box(100, 10, 120, 30) })
    await one.settle()
    const two = await TestEditor.startUnaware(one.host)
    const shift = (test: TestEditor, by: number) => test.editor.update([id], (now) => ({ ...now, box: box(10 + by, 10, 30 + by, 30) }), 'move')
    shift(one, 5)
    await one.expectStored()
    // Three steps at once: the ones on another object stay.
    shift(two, 7)
    two.editor.update([other.id], (now) => ({ ...now, difficult: true }), 'attribute')
    shift(two, 9)
    await two.expectStored()
    expect(two.annotations.map(({ box: { x0 }, difficult }) => [x0, difficult])).toEqual([[15, false], [100, true]])
    expect(two.state.problems.map(({ message }) => message)).toEqual([expect.stringMatching(/changed the same objects first/)])
    shift(two, 20)
    await two.expectStored()
    expect(two.state.problems).toHaveLength(1)
    expect(one.host.stored.get(FIRST)!.annotations.get(id)!.box.x0).toBe(30)
  })

  it.each([
    ['deleted there, changed here', (test: TestEditor, id: Annotation['id']) => void test.editor.update([id], (now) => ({ ...now, difficult: true }), 'attribute')],
    ['deleted there and here', (test: TestEditor) => void test.perform('edit.delete')],
  ])('%s: it stays deleted, and the second person is told', async (_name, edit) => {
    const one = await TestEditor.start()
    const gone = one.add({ box: box(10, 10, 30, 30) })
    await one.settle()
    const two = await TestEditor.startUnaware(one.host)
    two.editor.select([gone.id])
    one.editor.select([gone.id])
    one.perform('edit.delete')
    await one.expectStored()
    edit(two, gone.id)
    await two.expectStored()
    expect(two.annotations).toEqual([])
    expect(two.state.problems).toHaveLength(1)
  })

  it('undo of what was changed elsewhere is refused in words', async () => {
    const test = await TestEditor.start()
    const start = test.add({ box: box(10, 10, 30, 30) })
    await test.settle()
    test.host.applyElsewhere(FIRST, { added: [], updated: [[start, { ...start, difficult: true }]], removed: [] })
    await test.settle()
    test.perform('edit.undo')
    expect(test.only.difficult).toBe(true)
    expect(test.state.problems).toHaveLength(1)
    expect(test.state.canUndo).toBe(false)
  })
})

describe('another project in the same host', () => {
  it('takes the window along; edits of the old one never meet it', async () => {
    const test = await TestEditor.start()
    test.host.applyError = new AppError('disk-full', 'Free some space.')
    test.add({ box: box(10, 10, 30, 30) })
    test.host.images.forEach((image, i) => Object.assign(image, { path: `other-${i}.png` }))
    test.host.announceEverything()
    await test.settle()
    expect(test.state.image?.path).toBe('other-0.png')
    expect(test.annotations).toEqual([])
    expect(test.state.problems[0]!.message).toMatch(/they are lost/)
    await test.editor.close()
    expect(test.host.reasons).toEqual([])
  })

  it('with the same pictures takes the window along too, and what was done to labels of the old one is no step in it', async () => {
    const test = await TestEditor.start()
    await test.editor.updateLabel(1 as LabelId, { name: 'lorry' })
    await test.editor.next()
    test.host.project = 'other'
    test.host.announceEverything()
    await test.settle()
    expect(test.state).toMatchObject({ project: { name: 'other' }, image: { index: 0 }, canUndo: false })
  })

  it('the same picture in another project is loaded again, whatever its revision', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(10, 10, 30, 30) })
    test.add({ box: box(50, 10, 70, 30) })
    await test.settle()
    const other = proposal(test, 100)
    test.host.stored.set(FIRST, { annotations: new Map([[other.id, other]]), revision: 1 })
    test.host.announceEverything()
    await test.expectStored()
    expect(test.only).toEqual(other)
    test.editor.update([other.id], (now) => ({ ...now, difficult: true }), 'attribute')
    await test.expectStored()
    expect(test.state.problems).toEqual([])
  })

  it('a host started anew with the same project changes nothing', async () => {
    const test = await TestEditor.start()
    test.add({ box: box(10, 10, 30, 30) })
    await test.settle()
    test.host.announceEverything()
    await test.expectStored()
    expect(test.annotations).toHaveLength(1)
    expect(test.state.canUndo).toBe(true)
  })
})

describe('saving', () => {
  it('goes on trying while the host is away, in order', async () => {
    const test = await TestEditor.start()
    test.host.applyError = new AppError('disk-full', 'Free some space.')
    test.add({ box: box(10, 10, 30, 30) })
    test.add({ box: box(50, 10, 70, 30) })
    await test.settle()
    expect(test.state.save).toEqual({ is: 'failed', message: 'Free some space.' })
    await test.editor.close()
    await test.expectStored()
    expect(test.annotations).toHaveLength(2)
  })

  it('what the host refuses for good is taken back and said', async () => {
    const test = await TestEditor.start()
    test.host.applyError = new AppError('invalid-argument', 'No such label.')
    test.add({ box: box(10, 10, 30, 30) })
    await test.expectStored()
    expect(test.annotations).toEqual([])
    expect(test.state.problems[0]!.message).toBe('A change was not saved: No such label.')
  })

  it('gives up on a host that calls everything stale', async () => {
    const test = await TestEditor.start()
    let asked = 0
    Object.assign(test.editor.api, {
      'annotations.apply': () => {
        asked++
        return Promise.reject(new AppError('stale-revision', 'Someone was first.'))
      },
    })
    test.add({ box: box(10, 10, 30, 30) })
    await test.expectStored()
    expect(asked).toBe(6)
    expect(test.state.problems).toHaveLength(1)
  })
})
