/** Projects and folders that are opened while the window is there. */
import { messageOf } from '../../../shared/errors.ts'
import type { Editor } from '../../editor/index.ts'
import { projectPathOf } from '../paths.ts'
import { windowState } from '../windowState.ts'

/**
 * The host goes over to another project file once every edit of this one is stored, and the window to another editor;
 * `folders` are then read into it. Where the file can't be opened the editor at hand goes on.
 */
export async function openProject(editor: Editor, path: string, folders: readonly string[] = []): Promise<void> {
  await editor.settle()
  await editor.api['project.open']({ path })
  showProject(folders)
}

/** The host has gone over to another project: so does the window. */
export function showProject(folders: readonly string[] = []): void {
  windowState.setState(({ projects }) => ({ projects: projects + 1, prompted: false, dialog: null, folders }))
}

/** A folder as a project of its own. */
export function openFolder(editor: Editor, folder: string): Promise<void> {
  return openProject(editor, projectPathOf(folder), [folder])
}

/** Reads folders into the project; images appear while it goes on, with `restore` removed ones too. Problems are reported. */
export async function addFolders(editor: Editor, folders: readonly string[], restore = false): Promise<{ added: number }> {
  windowState.setState({ adding: 0 })
  try {
    const onProgress = ({ found }: { found: number }) => windowState.setState({ adding: found })
    const { added, problems } = await editor.api['images.add']({ paths: [...folders], restore }, { onProgress })
    for (const problem of problems) editor.report(problem)
    return { added }
  } catch (error) {
    editor.report(messageOf(error))
    return { added: 0 }
  } finally {
    windowState.setState({ adding: null })
  }
}
