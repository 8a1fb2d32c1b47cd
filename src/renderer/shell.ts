/** The page inside Electron: commands of the native menu, projects opened by the system, files dropped on the window. */
import type { Bridge, Notice } from '../shared/bridge.ts'
import type { Editor } from './editor/index.ts'
import { commandsById } from './panels/commands.ts'
import { takeDropped } from './panels/open/dropping.ts'
import { showProject } from './panels/open/opening.ts'

type Drop = Event & { readonly dataTransfer: { readonly files: Iterable<File> } | null }

/** Until the returned function is called. `page` is where things are dropped: the window. */
export function followShell(bridge: Bridge<File>, editor: Editor, page: EventTarget): () => void {
  const listening = new AbortController()
  const stop = bridge.onMessage((message) => {
    // Answers of the rpc come by here too.
    const notice = message as Notice
    if (notice.type === 'project') showProject()
    if (notice.type === 'command') perform(editor, notice.id)
  })
  const allow = (event: Event) => event.preventDefault()
  const drop = (event: Event) => {
    event.preventDefault()
    const files = (event as Drop).dataTransfer?.files ?? []
    // The host opens dropped projects by itself.
    const paths = [...files].map((file) => bridge.pathOf(file)).filter((path) => path !== '' && !path.endsWith('.marquee'))
    if (paths.length > 0) void takeDropped(editor, paths)
  }
  page.addEventListener('dragover', allow, { signal: listening.signal })
  page.addEventListener('drop', drop, { signal: listening.signal })
  return () => {
    stop()
    listening.abort()
  }
}

function perform(editor: Editor, id: string): void {
  const command = commandsById.get(id)
  if (command?.enabled(editor)) command.perform(editor)
}
