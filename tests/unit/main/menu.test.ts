/** The native menu asks for commands the window really has, and leaves keys to it. */
import { describe, expect, it, vi } from 'vitest'
import type { MenuActions } from '../../../src/main/menu.ts'
import { en } from '../../../src/renderer/i18n/en.ts'
import type { MenuItem } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
const { menuTemplate } = await import('../../../src/main/menu.ts')

function make(language: string, platform: NodeJS.Platform, recent: string[] = []) {
  const done: string[] = []
  const actions: MenuActions = {
    command: (id) => done.push(id),
    open: (what) => done.push(`open ${what}`),
    openProject: (file) => done.push(`project ${file}`),
  }
  const template = menuTemplate({ language, platform, recent, actions }) as unknown as MenuItem[]
  const flat = (items: readonly MenuItem[]): MenuItem[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])])
  return { done, template, items: flat(template) }
}

describe('the native menu', () => {
  it('sends the ids of commands that have a title', () => {
    const { done, items } = make('en-US', 'linux')
    for (const { click } of items) click?.()
    expect(done.slice(0, 3)).toEqual(['open folder', 'open images', 'open project'])
    for (const id of done.slice(3)) expect(en).toHaveProperty([`action.${id}`])
    expect(done).toContain('edit.undo')
  })

  it('binds no keys of its own to commands', () => {
    expect(make('en', 'darwin').items.filter(({ accelerator }) => accelerator !== undefined)).toEqual([])
  })

  it('lists recent projects', () => {
    const { items, done } = make('en', 'win32', ['/a.marquee', '/b.marquee'])
    items.find(({ label }) => label === '/b.marquee')!.click!()
    expect(done).toEqual(['project /b.marquee'])
  })

  it('speaks Chinese where the system does, and has the app menu on macOS alone', () => {
    const labels = (language: string, platform: NodeJS.Platform) => make(language, platform).template.map(({ label, role }) => label ?? role)
    expect(labels('zh-CN', 'linux')[0]).toBe('文件')
    expect(labels('en', 'darwin')[0]).toBe('appMenu')
    expect(labels('en', 'linux')).not.toContain('appMenu')
  })
})
