/** An import as the dialog leads to it: a place, a look at what would come in, what came in. */
import { useCallback, useState } from 'react'
import type { ImportReport, ImportWish } from '../../../shared/appContract.ts'
import { useEditor } from '../../editor/index.ts'
import { useJob, type Job } from '../useJob.ts'

type Reading = Job<{ readonly images: number }, ImportReport>

export interface ImportWork {
  readonly wish: ImportWish
  readonly preview: Reading
  readonly run: Reading
  /** Looks again, with that part of the wish changed. */
  look(part: Partial<ImportWish>): void
  /** Changes what makes no difference to what is seen. */
  change(part: Partial<ImportWish>): void
  start(): void
}

const wishFor = (place: string): ImportWish => ({ place, format: 'auto', options: {}, imageFolders: [], missing: 'skip', labelMap: {} })

export function useImport(): ImportWork {
  const editor = useEditor()
  const [wish, setWish] = useState(wishFor(''))
  const preview: Reading = useJob()
  const run: Reading = useJob()
  const { start: startPreview } = preview
  const look = useCallback(
    (part: Partial<ImportWish>) => {
      const next = { ...wish, ...part }
      setWish(next)
      // Labels are seen under the names the dataset gives them.
      startPreview((options) => editor.api['imports.preview']({ ...next, labelMap: {} }, options))
    },
    [editor, startPreview, wish],
  )
  return {
    wish,
    preview,
    run,
    look,
    change: (part) => setWish((before) => ({ ...before, ...part })),
    start: () =>
      run.start(async (options) => {
        await editor.settle()
        return editor.api['imports.run'](wish, options)
      }),
  }
}
