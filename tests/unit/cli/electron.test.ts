/** Whether `npm start` finds an Electron that can show a window. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findElectron } from '../../../src/cli/electron.ts'
import { isStale } from '../../../src/cli/stale.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-electron-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('Electron', () => {
  it('is missing where its package or its program is, which is not downloaded for that', () => {
    expect(findElectron(null)).toEqual({ why: 'Electron is not installed' })
    expect(findElectron(folder)).toEqual({ why: "Electron's program is not installed" })
    writeFileSync(join(folder, 'path.txt'), 'electron')
    expect(findElectron(folder)).toEqual({ why: "Electron's program is not installed" })
  })

  it('needs a display on Linux only', () => {
    mkdirSync(join(folder, 'dist'))
    const program = join(folder, 'dist', 'electron')
    writeFileSync(program, '')
    expect(findElectron(folder, 'linux', { DISPLAY: '' })).toEqual({ why: 'there is no display' })
    for (const environment of [{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }]) expect(findElectron(folder, 'linux', environment)).toEqual({ program })
    expect(findElectron(folder, 'darwin', {})).toEqual({ program })
  })
})

describe('what was built', () => {
  it('is stale when it is missing or older than a source', () => {
    const built = join(folder, 'index.js')
    expect(isStale(built, 'src/main/*.ts')).toBe(true)
    writeFileSync(built, '')
    const tomorrow = new Date(Date.now() + 86_400_000)
    utimesSync(built, tomorrow, tomorrow)
    expect(isStale(built, 'src/main/*.ts')).toBe(false)
    utimesSync(built, new Date(0), new Date(0))
    expect(isStale(built, 'src/main/*.ts')).toBe(true)
  })
})
