/** The whole program over the real services and a stand-in Electron: start, second start, dialogs, drops, end. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CHANNEL } from '../../../src/shared/bridge.ts'
import { app, BrowserWindow, dialog, event, ipcMain, Menu, session, shell, type MenuItem } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))

const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'marquee-start-'))
const data = join(folder, 'data')
const argv = process.argv
let window: BrowserWindow

function pictures(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  copyFileSync(join(SAMPLES, 'shapes-03.jpg'), join(path, 'a.jpg'))
  return path
}

let id = 0
/** Calls the services as the page would. */
async function ask(method: string, args: unknown): Promise<never> {
  const call = id++
  ipcMain.emit(CHANNEL, { sender: window.webContents, senderFrame: { url: 'app://marquee/index.html', parent: null } }, { kind: 'message', message: { type: 'call', id: call, method, args } })
  const answer = await vi.waitFor(() => {
    const found = window.webContents.sent.map(({ message }) => message as { id: number; type: string; value: unknown }).find((one) => one.id === call && one.type !== 'progress')
    if (found === undefined) throw new Error('no answer yet')
    return found
  })
  return (answer.type === 'result' ? answer.value : answer) as never
}
const info = async () => (await ask('project.info', null)) as { name: string; images: number; scanning: boolean }
const shows = (name: string, images: number) => vi.waitFor(async () => expect(await info()).toMatchObject({ name, images, scanning: false }))

beforeAll(async () => {
  vi.stubEnv('MARQUEE_DATA', data)
  // The folders of this test lie outside of it.
  vi.stubEnv(process.platform === 'win32' ? 'USERPROFILE' : 'HOME', join(data, 'home'))
  process.argv = ['marquee', '--some-switch', pictures('first')]
  await import('../../../src/main/index.ts')
  app.emit('open-file', event(), join(folder, 'first', 'a.jpg'))
  app.becomeReady()
  window = await vi.waitFor(() => {
    const [made] = BrowserWindow.all
    if (made === undefined || Menu.shown.length === 0) throw new Error('no window yet')
    return made
  })
})
afterAll(() => {
  process.argv = argv
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

describe('the program', () => {
  it('locks after its data folder is known, and registers schemes before it is ready', () => {
    expect(app.calls.slice(0, 4)).toEqual(['schemes', 'setPath userData', 'lock', 'ready'])
    expect(app.paths.get('userData')).toBe(join(data, 'window'))
    expect(app.lockData).toEqual({ paths: [join(folder, 'first'), join(folder, 'first', 'a.jpg')] })
  })

  it('refuses permissions and opens what its arguments name', async () => {
    expect(session.defaultSession.checkHandler!(null, 'media')).toBe(false)
    await shows('first.marquee', 1)
    expect(window.webContents.openHandler!({ url: 'https://example.org' })).toEqual({ action: 'deny' })
  })

  it('comes forward on a second start and opens what that was given', async () => {
    window.minimized = true
    app.emit('second-instance', event(), [], '/', { paths: [pictures('second')] })
    expect(window.calls).toEqual(['restore', 'show', 'focus'])
    await shows('second.marquee', 1)
    const recent = (Menu.shown.flatMap(({ submenu }) => submenu ?? []) as MenuItem[]).flatMap(({ submenu }) => submenu ?? [])
    expect(recent[0]!.label).toBe(join(folder, 'second', 'second.marquee'))
    expect(window.webContents.sent.map(({ message }) => message)).toContainEqual({ type: 'project' })
  })

  it('opens a project that is double clicked, and shows why one can not be opened', async () => {
    const clicked = event()
    app.emit('open-file', clicked, join(folder, 'first', 'first.marquee'))
    expect(clicked.prevented).toBe(true)
    await shows('first.marquee', 1)
    app.emit('open-file', event(), join(folder, 'gone.marquee'))
    await vi.waitFor(() => expect(dialog.messages.at(-1)?.message).toContain('gone.marquee'))
    expect((await info()).name).toBe('first.marquee')
  })

  it('adds images chosen in a dialog to the open project', async () => {
    copyFileSync(join(SAMPLES, 'shapes-05.jpg'), join(folder, 'second', 'b.jpg'))
    dialog.chosen = [join(folder, 'second', 'b.jpg')]
    ipcMain.emit(CHANNEL, { sender: window.webContents, senderFrame: { url: 'app://marquee/index.html', parent: null } }, { kind: 'message', message: { type: 'open', what: 'images' } })
    await shows('first.marquee', 2)
    expect(dialog.asked!.properties).toEqual(['openFile', 'multiSelections'])
  })

  it('shows an export in the file manager, and nothing else a page names', async () => {
    const path = join(folder, 'first', 'out.json')
    expect(await ask('host.showInFolder', { path })).toMatchObject({ type: 'error', error: { code: 'invalid-argument' } })
    expect(await ask('exports.run', { format: 'coco', path, states: ['accepted'], labels: null, split: null, options: {}, allowIncomplete: true, replace: true })).toMatchObject({ path })
    await ask('host.showInFolder', { path })
    expect(shell.shown).toEqual([path])
  })

  it('reads a dropped folder outside the home folder, and none that a page only names', async () => {
    const dropped = pictures('dropped')
    expect(await ask('images.add', { paths: [dropped] })).toMatchObject({ type: 'error', error: { code: 'read-only' } })
    ipcMain.emit(CHANNEL, { sender: window.webContents, senderFrame: { url: 'app://marquee/index.html', parent: null } }, { kind: 'dropped', path: dropped })
    expect(await ask('images.add', { paths: [dropped] })).toMatchObject({ added: 1 })
  })

  it('opens a dropped project, whose folder may then be worked in', async () => {
    const drop = (path: string) => ipcMain.emit(CHANNEL, { sender: window.webContents, senderFrame: { url: 'app://marquee/index.html', parent: null } }, { kind: 'dropped', path })
    const apart = join(folder, 'apart')
    mkdirSync(apart)
    copyFileSync(join(folder, 'second', 'second.marquee'), join(apart, 'apart.marquee'))
    expect(await ask('host.listFolder', { path: apart })).toMatchObject({ type: 'error', error: { code: 'read-only' } })
    drop(join(apart, 'apart.marquee'))
    await shows('apart.marquee', 1)
    expect(await ask('host.listFolder', { path: apart })).toMatchObject({ path: apart })
    drop(join(folder, 'second', 'second.marquee'))
    await shows('second.marquee', 1)
  })

  it('ends with its window, once the store is closed', async () => {
    window.emit('close')
    window.destroyed = true
    window.emit('closed')
    app.emit('window-all-closed')
    expect(app.calls.at(-1)).toBe('quit')
    const end = event()
    app.emit('will-quit', end)
    expect(end.prevented).toBe(true)
    await vi.waitFor(() => expect(app.calls.at(-1)).toBe('exit 0'))
    expect(existsSync(join(folder, 'second', 'second.marquee-wal'))).toBe(false)
  })
})
