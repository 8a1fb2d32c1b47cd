/** What was dropped on the window: pictures, a dataset, or both. */
import type { Editor } from '../../editor/index.ts'
import { addFolders } from './opening.ts'
import { windowState } from '../windowState.ts'

/** What the host lists as files of datasets. */
export const DATASET_FILE = /\.(json|jsonl|xml|csv|zip|ya?ml)$/i
/** Folders that tools put annotations in. */
const DATASET_FOLDER = /^(annotations?|labels?|masks?|segmentation(class|object))$/i

/** A dataset's file is looked at as an import; a folder that seems to hold one beside pictures is asked about; all else is added. */
export async function takeDropped(editor: Editor, paths: readonly string[]): Promise<void> {
  const [path] = paths
  if (paths.length === 1 && path !== undefined) {
    if (DATASET_FILE.test(path)) return windowState.setState({ dialog: 'import', dataset: path })
    if (await holdsDataset(editor, path)) return windowState.setState({ dialog: 'dropped', dataset: path })
  }
  await addFolders(editor, paths, true)
}

/** False too for what can't be listed, say a picture: adding it says what is wrong. */
async function holdsDataset(editor: Editor, path: string): Promise<boolean> {
  try {
    const { files, folders } = await editor.api['host.listFolder']({ path })
    return files.length > 0 || folders.some((name) => DATASET_FOLDER.test(name))
  } catch {
    return false
  }
}
