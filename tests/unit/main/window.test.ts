/** Where the window opens, how it is locked down, and what happens when its page is gone. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type BrowserWindow, dialog, event, screen } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
const { openWindow, placedOn } = await import('../../../src/main/window.ts')

const stateFile = join(mkdtempSync(join(tmpdir(), 'marquee-window-')), 'window', 'state.json')
const open = () => openWindow({ stateFile, preload: '/out/preload/index.cjs' }) as unknown as BrowserWindow
beforeEach(() => {
  dialog.messages.splice(0)
})

describe('the window', () => {
  it('shows the app page, sandboxed, once it is drawn', () => {
    const window = open()
    expect(window.loaded).toEqual(['app://marquee/index.html'])
    expect(window.options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, preload: '/out/preload/index.cjs' })
    expect([window.options['show'], window.calls]).toEqual([false, []])
    window.emit('ready-to-show')
    expect(window.calls).toEqual(['show'])
  })

  it('comes back where it was, also maximised', () => {
    const before = open()
    expect(before.options).not.toHaveProperty('x')
    before.bounds = { x: 100, y: 50, width: 1200, height: 800 }
    before.maximized = true
    before.emit('close')
    const after = open()
    expect(after.options).toMatchObject({ x: 100, y: 50, width: 1200, height: 800 })
    expect(after.maximized).toBe(true)
  })

  it('opens where the system puts it when its screen is gone, or what was kept is damaged', () => {
    screen.workAreas = [{ x: 1920, y: 0, width: 1920, height: 1080 }]
    expect(open().options).not.toHaveProperty('x')
    screen.workAreas = [{ x: 0, y: 0, width: 1920, height: 1080 }]
    expect(open().options).toHaveProperty('x')
    const kept = readFileSync(stateFile)
    writeFileSync(stateFile, '{"x":')
    expect(open().options).not.toHaveProperty('x')
    writeFileSync(stateFile, kept)
  })

  it.each([
    ['on the second screen', { x: 2000, y: 100 }, true],
    ['half off to the left', { x: -500, y: 100 }, true],
    ['off to the left', { x: -990, y: 100 }, false],
    ['with its title bar above the screen', { x: 100, y: -40 }, false],
    ['with its title bar below the screen', { x: 100, y: 1050 }, false],
  ])('%s is kept: %o %s', (_where, at, isKept) => {
    const state = { ...at, width: 1000, height: 700, maximized: false }
    const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }, { x: 1920, y: 0, width: 1280, height: 1024 }]
    expect(placedOn(state, screens)).toEqual(isKept ? state : null)
  })
})

describe('a page that is gone', () => {
  const lose = (window: BrowserWindow, reason: string) => window.webContents.emit('render-process-gone', event(), { reason })

  it('is loaded again, and after the third time within a minute the person is asked', async () => {
    const window = open()
    lose(window, 'oom')
    lose(window, 'crashed')
    expect([window.webContents.reloads, dialog.messages]).toEqual([2, []])
    lose(window, 'crashed')
    expect(window.webContents.reloads).toBe(2)
    expect(dialog.messages[0]!.message).toContain('3 times within a minute (crashed)')
    await vi.waitFor(() => expect(window.webContents.reloads).toBe(3))
  })

  it('closes the window where the person says so, and stays gone after a clean end', async () => {
    const window = open()
    lose(window, 'clean-exit')
    expect(window.webContents.reloads).toBe(0)
    dialog.answer = 1
    for (let i = 0; i < 3; i++) lose(window, 'oom')
    await vi.waitFor(() => expect(window.calls).toContain('close'))
    dialog.answer = 0
  })
})
