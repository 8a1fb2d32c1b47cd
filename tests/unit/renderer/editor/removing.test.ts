import { beforeEach, describe, expect, it } from 'vitest'
import type { ImageId } from '../../../../src/shared/model.ts'
import { FakeHost } from '../../../helpers/fakeApi.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const BOX = { x0: 10, y0: 10, x1: 50, y1: 40 }
const id = (n: number) => n as ImageId

describe('removing images', () => {
  let test: TestEditor
  beforeEach(async () => {
    test = await TestEditor.start(new FakeHost(3))
  })
  const open = () => test.state.image?.id

  it('goes to the next image, at the end to the one before, and to none with the last', async () => {
    await test.editor.removeImages([id(1)])
    expect([open(), test.state.image?.index, test.state.imageCount]).toEqual([2, 0, 2])
    await test.editor.openImage(id(3))
    await test.editor.removeImages([id(3)])
    expect(open()).toBe(2)
    await test.editor.removeImages([id(2)])
    expect([open(), test.state.imageCount, test.state.annotations.size]).toEqual([undefined, 0, 0])
    await test.editor.restoreImages(null)
    expect([open(), test.state.imageCount]).toEqual([1, 3])
  })

  it('stays in what is searched for as long as anything of it is left', async () => {
    test.editor.setSearch('image-2')
    await test.editor.removeImages([id(1)])
    expect(open()).toBe(3)
    await test.editor.removeImages([id(3)])
    expect(open()).toBe(2)
  })

  it('leaves the image at hand where another one goes', async () => {
    await test.editor.removeImages([id(2)])
    expect([open(), test.state.imageCount]).toEqual([1, 2])
  })

  it('is undone and redone in the order of all else, objects included', async () => {
    test.add({ box: BOX })
    await test.editor.removeImages([id(1), id(2)])
    expect(open()).toBe(3)
    test.add({ box: BOX })
    test.editor.undo()
    await test.settle()
    expect(test.annotations).toEqual([])
    test.editor.undo()
    await test.settle()
    expect([open(), test.state.imageCount]).toEqual([1, 3])
    expect(test.only.box).toEqual(BOX)
    test.editor.undo()
    await test.settle()
    expect(test.annotations).toEqual([])
    test.editor.redo()
    test.editor.redo()
    await test.settle()
    expect([open(), test.state.imageCount]).toEqual([3, 1])
  })

  it('stores what is on its way first', async () => {
    const added = test.add({ box: BOX })
    await test.editor.removeImages([id(1)])
    expect([...test.host.removed.get(id(1))!.annotations.keys()]).toEqual([added.id])
  })

  it('by another window takes the image away here too', async () => {
    await test.host.api['images.remove']({ imageIds: [id(1)] })
    test.host.announce(id(1))
    await test.settle()
    expect(open()).toBe(2)
  })

  it('says what went wrong, and is no step of undo then', async () => {
    Object.assign(test.host.api, { 'images.remove': () => Promise.reject(new Error('no')) })
    await test.editor.removeImages([id(1)])
    expect(test.state.problems.map(({ message }) => message)).toEqual(['no'])
    expect([open(), test.state.canUndo]).toEqual([1, false])
  })
})
