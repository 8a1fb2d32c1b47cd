/** The gate lets in the window's own top page and nobody else, and one page's calls end with it. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppServices } from '../../../src/core/services/types.ts'
import { CHANNEL } from '../../../src/shared/bridge.ts'
import { BrowserWindow, ipcMain } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
const { openGate } = await import('../../../src/main/ipc.ts')

const PAGE = 'app://marquee/index.html'
const TOP = { url: PAGE, parent: null }
const CALL = { type: 'call', id: 0, method: 'project.recent', args: null }

function start() {
  ipcMain.removeAllListeners()
  const window = new BrowserWindow({ webPreferences: {} })
  const opened: string[] = []
  const dropped: string[] = []
  const signals: AbortSignal[] = []
  const handlers = {
    'project.recent': () => Promise.resolve(['/a.marquee']),
    'changes.next': (_args: unknown, { signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise(() => undefined)
    },
  }
  openGate(window as never, { handlers } as unknown as AppServices, { onOpen: (what) => opened.push(what), onDropped: (path) => dropped.push(path) })
  const deliver = (raw: unknown, senderFrame: unknown = TOP, sender: unknown = window.webContents) => ipcMain.emit(CHANNEL, { sender, senderFrame }, raw)
  const send = (message: unknown) => deliver({ kind: 'message', message })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { window, opened, dropped, signals, deliver, send, settle }
}
let gate: ReturnType<typeof start>
beforeEach(() => {
  gate = start()
})

describe('the gate', () => {
  it('answers calls of the contract on its one channel', async () => {
    gate.send(CALL)
    await gate.settle()
    expect(gate.window.webContents.sent).toEqual([{ channel: CHANNEL, message: { type: 'result', id: 0, value: ['/a.marquee'] } }])
    expect(ipcMain.eventNames()).toEqual([CHANNEL])
  })

  it.each([
    ['a frame inside the page', { url: PAGE, parent: TOP }],
    ['another page', { url: 'https://example.org/', parent: null }],
    ['a page whose address only begins alike', { url: 'app://marquee.evil/index.html', parent: null }],
    ['a file', { url: 'file:///tmp/index.html', parent: null }],
    ['a frame that is gone', null],
  ])('is closed to %s', async (_who, frame) => {
    for (const raw of [{ kind: 'message', message: CALL }, { kind: 'message', message: { type: 'open', what: 'folder' } }, { kind: 'dropped', path: '/etc' }]) gate.deliver(raw, frame)
    await gate.settle()
    expect([gate.window.webContents.sent, gate.opened, gate.dropped]).toEqual([[], [], []])
  })

  it('is closed to other web contents', async () => {
    gate.deliver({ kind: 'message', message: CALL }, TOP, new BrowserWindow({ webPreferences: {} }).webContents)
    await gate.settle()
    expect(gate.window.webContents.sent).toEqual([])
  })

  it('passes over what is no envelope, and refuses methods that are not in the contract', async () => {
    for (const raw of [null, 'x', {}, { kind: 'dropped' }, { kind: 'dropped', path: '' }, { kind: 'message', message: null }, CALL]) gate.deliver(raw)
    gate.send({ ...CALL, method: 'constructor' })
    gate.send({ ...CALL, id: 1, method: 'images.get', args: { imageId: '../../etc' } })
    await gate.settle()
    const errors = gate.window.webContents.sent.map(({ message }) => (message as { error: { code: string } }).error.code)
    expect(errors).toEqual(['invalid-argument', 'invalid-argument'])
    expect(gate.dropped).toEqual([])
  })

  it('hands on what was dropped, and which dialog is asked for', () => {
    gate.deliver({ kind: 'dropped', path: '/pictures' })
    gate.send({ type: 'open', what: 'images' })
    gate.send({ type: 'open', what: 'everything' })
    expect([gate.dropped, gate.opened]).toEqual([['/pictures'], ['images']])
  })

  it('ends the calls of a page with the page, so that the next one may use their ids', async () => {
    gate.send({ ...CALL, method: 'changes.next', args: { after: 0 } })
    await gate.settle()
    gate.window.webContents.emit('did-navigate')
    expect(gate.signals.map(({ aborted }) => aborted)).toEqual([true])
    gate.send(CALL)
    await gate.settle()
    expect(gate.window.webContents.sent).toHaveLength(1)
  })

  it('is taken down with the window', async () => {
    gate.send({ ...CALL, method: 'changes.next', args: { after: 0 } })
    await gate.settle()
    gate.window.destroyed = true
    gate.window.emit('closed')
    expect(gate.signals[0]!.aborted).toBe(true)
    expect(ipcMain.eventNames()).toEqual([])
  })
})
