/** Where Marquee keeps its own data, as each system wants it. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dataFolderOf } from '../../../src/core/services/opening.ts'

it.each([
  ['darwin', {}, join(homedir(), 'Library', 'Application Support', 'Marquee')],
  // A shell on a Mac may have it; programs there don't look at it.
  ['darwin', { XDG_DATA_HOME: '/x' }, join(homedir(), 'Library', 'Application Support', 'Marquee')],
  ['win32', { APPDATA: 'R' }, join('R', 'Marquee')],
  ['win32', {}, join(homedir(), 'AppData', 'Roaming', 'Marquee')],
  ['linux', { XDG_DATA_HOME: '/x' }, join('/x', 'marquee')],
  ['linux', { XDG_DATA_HOME: '' }, join(homedir(), '.local', 'share', 'marquee')],
  ['linux', {}, join(homedir(), '.local', 'share', 'marquee')],
] as const)('on %s with %j it is %s', (platform, environment, folder) => {
  expect(dataFolderOf(environment, platform)).toBe(folder)
  expect(dataFolderOf({ ...environment, MARQUEE_DATA: '/mine' }, platform)).toBe('/mine')
})
