/** Whether files hold conversations with boxes; looks at a few of them. */
import type { DatasetFiles } from '../common/files/datasetFiles.ts'
import { boxesSaid, labelsSaid } from './answers.ts'
import { ConversationFiles } from './files.ts'
import { conversationOf } from './record.ts'

/** How many files and records are tried. */
const TRIED = 10

/** See `ImportFormat.detect`. */
export async function detect(files: DatasetFiles): Promise<string | null> {
  const reader = new ConversationFiles(files)
  try {
    for (const file of (await ConversationFiles.candidates(files)).slice(0, TRIED)) {
      const lines = /\.jsonl$/i.test(file) || (await startsLikeList(files, file)) ? reader.recordsOf(file) : []
      let left = TRIED
      for await (const { record } of lines) {
        const conversation = conversationOf(record)
        if (conversation && conversation.images.length > 0 && boxesSaid(conversation).length + labelsSaid(conversation).length > 0)
          return `${file} holds conversations with boxes`
        if (--left === 0) break
      }
    }
    return null
  } catch {
    return null
  } finally {
    await reader.close()
  }
}

async function startsLikeList(files: DatasetFiles, file: string): Promise<boolean> {
  const head = (await files.readHead(file, 4096)).toString()
  return /^\s*\ufeff?\[\s*\{/.test(head) && /"(messages|conversations?|query|instruction)"/.test(head)
}
