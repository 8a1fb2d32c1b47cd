import { describe, expect, it } from 'vitest'
import type { AnnotationOrigin, ImageId } from '../../../../src/shared/model.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { FakeHost } from '../../../helpers/fakeApi.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const BOX = { x0: 10, y0: 10, x1: 50, y1: 40 }

/** A window on a project whose first image had a box without a mask when the window before it was closed. */
async function reopened({ waits, origin = 'drawn' }: { waits: boolean; origin?: AnnotationOrigin }) {
  const host = new FakeHost(2)
  const before = await TestEditor.start(host)
  const { id } = before.add({ box: BOX }, { origin })
  await before.settle()
  await before.editor.close()
  host.masksToCome = waits ? [id] : []
  const test = await TestEditor.start(host)
  await test.settle()
  return { test, host }
}

describe('a box without a mask', () => {
  it('gets the mask it was drawn for when its image is opened, one step of undo', async () => {
    const { test } = await reopened({ waits: true })
    expect(test.only).toMatchObject({ box: BOX, origin: 'model' })
    expect(test.only.mask).not.toBeNull()
    await test.expectStored()
    test.editor.undo()
    expect(test.only.mask).toBeNull()
  })

  it('stays one where no mask was asked for, or it came from elsewhere', async () => {
    const plain = await reopened({ waits: false })
    const imported = await reopened({ waits: true, origin: 'imported' })
    expect([plain.test.only.mask, imported.test.only.mask]).toEqual([null, null])
    expect([...plain.host.segmentCalls, ...imported.host.segmentCalls]).toEqual([])
  })

  it('is asked about when one comes back to its image, and not by the image one went on to', async () => {
    const { test, host } = await reopened({ waits: true })
    test.editor.undo()
    await test.editor.next()
    await test.settle()
    expect(host.segmentCalls).toHaveLength(1)
  })

  it('is tried once: what the models can not do is said, not asked again at each look', async () => {
    const host = new FakeHost(2)
    const before = await TestEditor.start(host)
    host.masksToCome = [before.add({ box: BOX }).id]
    await before.settle()
    await before.editor.close()
    host.segmentError = new AppError('model-missing', 'No model.')
    const test = await TestEditor.start(host)
    await test.settle()
    await test.editor.openImage(2 as ImageId)
    await test.editor.openImage(1 as ImageId)
    await test.settle()
    expect(host.segmentCalls).toHaveLength(1)
    expect(test.state.problems.map(({ message }) => message)).toEqual(['No model.'])
  })

  it('that was moved while the models were asked keeps its own place', async () => {
    const host = new FakeHost(1)
    const before = await TestEditor.start(host)
    const { id } = before.add({ box: BOX })
    host.masksToCome = [id]
    await before.settle()
    await before.editor.close()
    host.holdMasks = true
    const test = await TestEditor.start(host)
    await test.settle()
    const to = { ...BOX, x1: 60 }
    test.editor.update([id], (now) => ({ ...now, box: to }), 'move')
    host.releaseMasks()
    await test.settle()
    expect(test.only).toMatchObject({ box: to, mask: null })
  })
})
