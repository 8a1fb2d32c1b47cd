/** Every command of the window: the editor's actions and those that open something. Menus, keys and palette use this list. */
import { askToOpen } from '../bridge.ts'
import { hasOutline } from '../../shared/model.ts'
import type { Annotation } from '../../shared/model.ts'
import { actions, type Action, type ActionGroup, type Editor } from '../editor/index.ts'
import { checkState, mendFinding, openCheck, stepFinding } from './check/checkWork.ts'
import { folderRun, runFolder } from './prompt/folderRun.ts'
import { runPrompt } from './prompt/runPrompt.ts'
import { settings } from './settings.ts'
import { askToRemove, focusNextPanel, focusPrompt, openDialog, windowState } from './windowState.ts'

export type CommandGroup = ActionGroup | 'file' | 'run' | 'window' | 'help'

export interface Command extends Omit<Action, 'group'> {
  readonly group: CommandGroup
  /** Works while a text field or a dialog has the focus. */
  readonly everywhere?: boolean
  /** For what is on or off: whether it is on. */
  checked?(): boolean
}

function command(id: `${CommandGroup}.${string}`, keys: readonly string[], perform: Action['perform'], more: Partial<Command> = {}): Command {
  const group = id.slice(0, id.indexOf('.')) as CommandGroup
  return { id, group, titleKey: `action.${id}`, keys, enabled: () => true, perform, ...more }
}

const hasImage = ({ state }: Editor) => state.image !== null
const hasFindings = () => checkState.getState().findings.length > 0
const hasOutlined = ({ state }: Editor) => [...state.selection].some((id) => isOutlined(state.annotations.get(id)))
const isOutlined = (annotation?: Annotation) => annotation !== undefined && hasOutline(annotation)
const flip = (key: 'grid' | 'runOnArrival') => settings.setState({ [key]: !settings.getState()[key] })

const windowCommands: readonly Command[] = [
  command('file.open', ['mod+o'], () => askToOpen('folder', () => openDialog('open'))),
  command('file.import', ['mod+i'], () => openDialog('import')),
  command('file.export', ['mod+e'], () => openDialog('export')),
  command('file.check', ['f7'], openCheck),
  command('file.nextFinding', ['f8'], (editor) => void stepFinding(editor, 1), { enabled: hasFindings }),
  command('file.previousFinding', ['shift+f8'], (editor) => void stepFinding(editor, -1), { enabled: hasFindings }),
  command('file.mendFinding', ['f9'], (editor) => void mendFinding(editor), { enabled: hasFindings }),
  command('object.simplify', ['shift+s'], () => openDialog('simplify'), { enabled: hasOutlined }),
  command('image.remove', [], ({ state }) => state.image && askToRemove([state.image.id]), { enabled: hasImage }),
  command('image.showRemoved', [], (editor) => void editor.restoreImages(null), { enabled: ({ state }) => (state.project?.removed ?? 0) > 0 }),
  command('run.focusPrompt', ['/'], focusPrompt),
  command('run.mark', ['mod+enter'], runPrompt, { enabled: (editor) => hasImage(editor) && !editor.state.run.busy }),
  command('run.folder', ['mod+b'], (editor) => void runFolder(editor), { enabled: () => !folderRun.getState().running }),
  command('run.grid', ['g'], () => flip('grid'), { checked: () => settings.getState().grid }),
  command('run.onArrival', [], () => flip('runOnArrival'), { checked: () => settings.getState().runOnArrival }),
  command('run.words', ['w'], () => windowState.setState(({ wordsPopover }) => ({ wordsPopover: !wordsPopover })), {
    enabled: ({ state }) => state.run.answers.length > 0,
  }),
  command('run.models', [], () => openDialog('models')),
  command('window.nextPanel', ['f6'], focusNextPanel, { everywhere: true }),
  command('window.adjust', ['i'], () => windowState.setState(({ viewPopover }) => ({ viewPopover: !viewPopover }))),
  command('window.theme', [], toggleTheme),
  command('window.palette', ['mod+k'], () => openDialog('palette'), { everywhere: true }),
  command('window.settings', ['mod+,'], () => openDialog('settings'), { everywhere: true }),
  command('help.keys', ['f1'], () => openDialog('keys'), { everywhere: true }),
  command('help.tour', [], () => windowState.setState({ tour: true })),
  command('help.problems', [], () => openDialog('problems')),
]

function toggleTheme(): void {
  settings.setState({ theme: windowState.getState().dark ? 'light' : 'dark' })
}

export const commands: readonly Command[] = [...windowCommands, ...actions]

export const commandsById: ReadonlyMap<string, Command> = new Map(commands.map((entry) => [entry.id, entry]))
