/** What the page gets of Electron: three functions on one channel. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { contextBridge, ipcRenderer } from '../../helpers/fakeElectron.ts'
import { CHANNEL, type Bridge } from '../../../src/shared/bridge.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
await import('../../../src/preload/index.ts')

const bridge = contextBridge.exposed.get('bridge') as unknown as Bridge
beforeEach(() => ipcRenderer.posted.splice(0))

describe('the bridge', () => {
  it('is all that is exposed, and has three functions', () => {
    expect([...contextBridge.exposed.keys()]).toEqual(['bridge'])
    expect(Object.keys(bridge).toSorted()).toEqual(['onMessage', 'pathOf', 'send'])
  })

  it('sends in an envelope, so that a page can not say that something was dropped', () => {
    bridge.send({ kind: 'dropped', path: '/etc' })
    expect(ipcRenderer.posted).toEqual([{ channel: CHANNEL, message: { kind: 'message', message: { kind: 'dropped', path: '/etc' } } }])
  })

  it('passes messages on without the event, whose sender is Electron itself', () => {
    const received: unknown[][] = []
    const end = bridge.onMessage((...args) => received.push(args))
    ipcRenderer.emit(CHANNEL, { sender: ipcRenderer }, { type: 'command', id: 'edit.undo' })
    ipcRenderer.emit('other', { sender: ipcRenderer }, 'other')
    end()
    ipcRenderer.emit(CHANNEL, { sender: ipcRenderer }, 'late')
    expect(received).toEqual([[{ type: 'command', id: 'edit.undo' }]])
  })

  it('says where a real file lies and tells the host; a made-up one lies nowhere', () => {
    expect(bridge.pathOf({ path: '/pictures/a.png' })).toBe('/pictures/a.png')
    expect(bridge.pathOf({})).toBe('')
    expect(ipcRenderer.posted).toEqual([{ channel: CHANNEL, message: { kind: 'dropped', path: '/pictures/a.png' } }])
  })
})
