import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isPersonal, PersonalSettings } from '../../../src/core/services/personalSettings.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-personal-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

it('keeps what many calls at once set, for the next start', async () => {
  const settings = new PersonalSettings(folder)
  await Promise.all([settings.set('window.theme', 'dark'), settings.set('window.language', 'zh-CN'), settings.set('window.theme', 'light')])
  expect(await new PersonalSettings(folder).all()).toEqual({ 'window.theme': 'light', 'window.language': 'zh-CN' })
})

it('begins anew over a damaged file', async () => {
  writeFileSync(join(folder, 'settings.json'), '{"window.theme": "da')
  const settings = new PersonalSettings(folder)
  expect(await settings.all()).toEqual({})
  await settings.set('window.theme', 'dark')
  expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual({ 'window.theme': 'dark' })
})

it('takes theme, language and keys to be the person’s, the prompt to be the project’s', () => {
  expect(['window.theme', 'window.language', 'window.keys'].every(isPersonal)).toBe(true)
  expect(isPersonal('window.prompt')).toBe(false)
})
