/** The native menu: roles, dialogs, and the window's commands by their ids; keys stay with the window, where they can be rebound. */
import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { AskToOpen } from '../shared/bridge.ts'
import { en, type WordKey } from '../renderer/i18n/en.ts'
import { zhCN } from '../renderer/i18n/zh-CN.ts'

export interface MenuActions {
  /** A command of the window, e.g. `edit.undo`. */
  command(id: CommandId): void
  open(what: AskToOpen['what']): void
  openProject(file: string): void
}

type Item = MenuItemConstructorOptions
type CommandIdOf<Key> = Key extends `action.${infer Id}` ? Id : never
/** Commands the window has a title for. */
export type CommandId = CommandIdOf<WordKey>

/** What the window itself has no words for. */
const OPEN_WORDS = {
  en: { images: 'Add images…', project: 'Open project…' },
  zh: { images: '添加图像…', project: '打开项目…' },
} as const

const LINE: Item = { type: 'separator' }

export interface MenuOptions {
  readonly language: string
  readonly platform: NodeJS.Platform
  /** Project files, the last opened first. */
  readonly recent: readonly string[]
  readonly actions: MenuActions
}

/** Shows the menu; call again when the recent projects change. */
export function showMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)))
}

export function menuTemplate({ language, platform, recent, actions }: MenuOptions): Item[] {
  const words = language.startsWith('zh') ? zhCN : en
  const openWords = language.startsWith('zh') ? OPEN_WORDS.zh : OPEN_WORDS.en
  const item = (label: string, click: () => void): Item => ({ label, click })
  const command = (id: CommandId) => item(words[`action.${id}`], () => { actions.command(id) })
  const isMac = platform === 'darwin'
  const file: Item[] = [
    item(words['action.file.open'], () => { actions.open('folder') }),
    item(openWords.images, () => { actions.open('images') }),
    item(openWords.project, () => { actions.open('project') }),
    { label: words['menu.recent'], enabled: recent.length > 0, submenu: recent.map((path) => item(path, () => { actions.openProject(path) })) },
    ...[LINE, command('file.import'), command('file.export'), LINE, command('file.check'), LINE, command('window.settings'), LINE],
    { role: isMac ? 'close' : 'quit' },
  ]
  const edit: Item[] = [
    ...[command('edit.undo'), command('edit.redo'), LINE],
    ...[{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, LINE] satisfies Item[],
    ...[command('edit.delete'), command('edit.selectAll')],
  ]
  const view: Item[] = [
    ...[command('view.fit'), command('view.actualSize'), command('view.zoomIn'), command('view.zoomOut'), LINE],
    ...[command('image.next'), command('image.previous'), LINE],
    { role: 'togglefullscreen' },
  ]
  const run = [command('run.mark'), command('run.folder'), command('review.stop'), LINE, command('review.acceptAll'), command('review.discardAll')]
  const help = [command('help.keys'), command('window.palette'), command('help.tour'), LINE, command('help.problems')]
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies Item] : []),
    { label: words['menu.file'], submenu: file },
    { label: words['menu.edit'], submenu: edit },
    { label: words['menu.view'], submenu: view },
    { label: words['menu.run'], submenu: run },
    { role: 'windowMenu' },
    { label: words['menu.help'], role: 'help', submenu: help },
  ]
}
