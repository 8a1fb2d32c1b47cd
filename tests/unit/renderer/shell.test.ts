/** The page inside Electron: the bridge's transport, commands of the menu, drops. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { appContract } from '../../../src/shared/appContract.ts'
import type { Bridge } from '../../../src/shared/bridge.ts'
import { createClient } from '../../../src/shared/rpc.ts'
import { TestEditor } from '../../helpers/testEditor.ts'

const sent: unknown[] = []
const listeners = new Set<(message: unknown) => void>()
const fake: Bridge<File> = {
  send: (message) => sent.push(message),
  onMessage: (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  pathOf: ({ name }) => (name.startsWith('/') ? name : ''),
}
vi.stubGlobal('bridge', fake)
const page = new EventTarget()
const { askToOpen, openBridge } = await import('../../../src/renderer/bridge.ts')
const { followShell } = await import('../../../src/renderer/shell.ts')
const { windowState } = await import('../../../src/renderer/panels/windowState.ts')

const tell = (message: unknown) => {
  for (const listener of listeners) listener(message)
}
beforeEach(() => {
  sent.splice(0)
  listeners.clear()
})

describe('the bridge', () => {
  it('carries the calls of the window', async () => {
    const recent = createClient(appContract, await openBridge!())['project.recent'](null)
    expect(sent).toEqual([{ type: 'call', id: 0, method: 'project.recent', args: null }])
    tell({ type: 'command', id: 'edit.undo' })
    tell({ type: 'result', id: 0, value: ['/a.marquee'] })
    expect(await recent).toEqual(['/a.marquee'])
  })

  it('asks for dialogs of the system in place of those of the page', () => {
    askToOpen('folder', () => expect.unreachable())
    expect(sent).toEqual([{ type: 'open', what: 'folder' }])
  })
})

describe('the page in Electron', () => {
  let test: TestEditor
  let stop: () => void
  beforeEach(async () => {
    test = await TestEditor.start()
    stop = followShell(fake, test.editor, page)
  })
  afterEach(() => {
    stop()
  })

  it('performs commands of the menu, those that are enabled', () => {
    tell({ type: 'command', id: 'tool.polygon' })
    tell({ type: 'command', id: 'edit.undo' })
    tell({ type: 'command', id: 'no.such' })
    expect(test.state.tool).toBe('polygon')
    stop()
    tell({ type: 'command', id: 'tool.box' })
    expect(test.state.tool).toBe('polygon')
  })

  it('starts a new editor when the host has opened another project', () => {
    const { projects } = windowState.getState()
    tell({ type: 'project' })
    expect(windowState.getState()).toMatchObject({ projects: projects + 1 })
  })

  it('adds dropped files that lie on the disk, and leaves projects to the host', async () => {
    const add = vi.fn<(args: unknown) => Promise<object>>().mockResolvedValue({ added: 1, problems: [] })
    Object.assign(test.editor.api, { 'images.add': add })
    const drop = (...names: string[]) => {
      const event = Object.assign(new Event('drop', { cancelable: true }), { dataTransfer: { files: names.map((name) => ({ name })) } })
      page.dispatchEvent(event)
      expect(event.defaultPrevented).toBe(true)
    }
    drop('made-up.png')
    drop('/p.marquee')
    expect(add).not.toHaveBeenCalled()
    drop('/pictures', 'made-up.png')
    await vi.waitFor(() => expect(add.mock.calls.map(([args]) => args)).toEqual([{ paths: ['/pictures'], restore: true }]))
    const over = new Event('dragover', { cancelable: true })
    page.dispatchEvent(over)
    expect(over.defaultPrevented).toBe(true)
  })
})
