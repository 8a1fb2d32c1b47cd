/** What a window asks the host for before its first picture, and which picture that is. */
import { describe, expect, it, vi } from 'vitest'
import type { Api } from '../../../../src/renderer/editor/autosave.ts'
import { createEditor } from '../../../../src/renderer/editor/editor.ts'
import { FakeHost } from '../../../helpers/fakeApi.ts'

/** The host's calls by name, with what was asked; what the host tells of its own accord is left out. */
function listenTo(host: FakeHost): { api: Api; calls: [string, unknown][] } {
  const calls: [string, unknown][] = []
  const api = new Proxy(host.api, {
    get: (target, name: keyof Api) => (args: never, options: never) => {
      if (name !== 'changes.next') calls.push([name, args])
      return target[name](args, options)
    },
  })
  return { api, calls }
}

const asked = (calls: readonly [string, unknown][], name: string) => calls.filter(([one]) => one === name).map(([, args]) => args)

describe('a window starts', () => {
  it('on the image looked at last, and asks for nothing twice and for no other image', async () => {
    const host = new FakeHost(5)
    host.settings['window.image'] = 4
    const { api, calls } = listenTo(host)
    // What happened before is no news to a window that starts.
    host.announceEverything()
    const editor = createEditor(api)
    await editor.start()
    await new Promise((resolve) => setImmediate(resolve))
    expect(editor.state.image?.id).toBe(4)
    expect(asked(calls, 'annotations.load')).toEqual([{ imageId: 4 }])
    expect(asked(calls, 'images.get')).toEqual([{ imageId: 4 }])
    for (const name of ['project.info', 'labels.list', 'models.status', 'settings.get']) expect(asked(calls, name), name).toHaveLength(1)
    await editor.close()
  })

  it('with an image on its way until it is known which, however late the host says what else it is asked', async () => {
    const host = new FakeHost(5)
    host.settings['window.image'] = 4
    let answer = (): void => undefined
    const late = new Promise<void>((resolve) => (answer = resolve))
    const status: Api['models.status'] = (...args) => late.then(() => host.api['models.status'](...args))
    const editor = createEditor({ ...host.api, 'models.status': status })
    const started = editor.start()
    await vi.waitFor(() => expect(editor.state.imageCount).toBe(5))
    expect(editor.state).toMatchObject({ image: null, loading: true })
    answer()
    await started
    expect(editor.state).toMatchObject({ image: { id: 4 }, loading: false })
    await editor.close()
  })

  it('on the first image where the last is gone, and says nothing of it', async () => {
    const host = new FakeHost(2)
    host.settings['window.image'] = 9
    const editor = createEditor({ ...host.api, 'images.get': () => Promise.reject(new Error('There is no image 9.')) })
    await editor.start()
    expect(editor.state).toMatchObject({ image: { id: 1 }, problems: [] })
    await editor.close()
  })

  it('on the first image that comes, where there are none yet', async () => {
    const host = new FakeHost(0)
    const editor = createEditor(host.api)
    await editor.start()
    expect(editor.state.image).toBeNull()
    const later = new FakeHost(1)
    host.images.push(...later.images)
    for (const [id, stored] of later.stored) host.stored.set(id, stored)
    host.announceEverything()
    await vi.waitFor(() => expect(editor.state.image?.id).toBe(1))
    await editor.close()
  })
})
