/** Import and export as a window does them: previews first, paths inside the roots only, long lists cut for the wire. */
import { readdir, writeFile } from 'node:fs/promises'
import type { appContract, ImportWish } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImportProblem } from '../formats/dataset.ts'
import { EXPORT_FORMATS, IMPORT_FORMATS } from '../formats/index.ts'
import type { FormatOption } from '../formats/source.ts'
import type { AppSession } from './appSession.ts'
import { exportProject } from './exporting/exportProject.ts'
import { importDataset } from './importing/importDataset.ts'
import type { ImportReport } from './importing/importReport.ts'
import { problemsCsv } from './importing/problemsCsv.ts'
import { undoImport } from './importing/undoImport.ts'
import type { Roots } from './roots.ts'

type Handlers = HandlersOf<typeof appContract>
type Calls = 'formats.list' | 'imports.preview' | 'imports.run' | 'imports.saveProblems' | 'imports.list' | 'imports.undo' | 'exports.counts' | 'exports.run'

type ReadJob = Parameters<Handlers['imports.run']>[1]

/** Rows of a list that cross to the window; more than that nobody reads there. */
const MOST_ROWS = 500

/** `exported` is told of every export, so that the host may show it. */
export function importHandlers(session: AppSession, roots: Roots, exported: (path: string) => void): Pick<Handlers, Calls> {
  let problems: readonly ImportProblem[] = []
  /** Project by the place it was exported to since the start. */
  const writtenBy = new Map<string, string>()
  const read = async (wish: ImportWish, dryRun: boolean, { signal, report }: ReadJob) => {
    const place = await roots.check(wish.place)
    const imageFolders = await Promise.all(wish.imageFolders.map((folder) => roots.check(folder)))
    const onImages = (images: number) => {
      report({ images })
    }
    const result = await session.during('importing', (project) => importDataset(project, { ...wish, place, imageFolders, dryRun }, { signal, onImages }))
    problems = result.problems
    return cut(result)
  }
  return {
    'formats.list': () => Promise.resolve({ reads: IMPORT_FORMATS.map(rowOf), writes: EXPORT_FORMATS.map((format) => ({ ...rowOf(format), output: format.output })) }),
    'imports.preview': (wish, job) => read(wish, true, job),
    'imports.run': async (wish, job) => {
      try {
        return await read(wish, false, job)
      } finally {
        session.changes.restart()
      }
    },
    'imports.saveProblems': async ({ path }) => {
      await writeFile(await roots.check(path), problemsCsv(problems))
      return null
    },
    'imports.list': () => Promise.resolve(session.project.imports.list().map(({ id, at, format, place, state }) => ({ id, at, format, place, state }))),
    'imports.undo': async ({ id }, { signal, report }) => {
      const onImages = (done: number, total: number) => {
        report({ done, total })
      }
      try {
        return { ...(await session.during('importing', (project) => undoImport(project, id, { signal, onImages }))) }
      } finally {
        session.changes.restart()
      }
    },
    'exports.counts': () => Promise.resolve(session.project.labels.countsByState()),
    'exports.run': async ({ path, split, replace, ...wish }, { signal, report }) => {
      const out = await roots.check(path)
      if (!replace && writtenBy.get(out) !== session.project.file) await requireFree(out)
      const written = await session.during('exporting', (project) => {
        const total = project.images.count()
        const onImage = (done: number) => {
          report({ done, total })
        }
        return exportProject(project, { ...wish, split, out, readable: (file) => roots.check(file) }, { signal, onImage })
      })
      exported(written.path)
      writtenBy.set(out, session.project.file)
      const { annotations, changes, skipped, notes } = written
      return {
        ...written,
        annotations: { ...annotations },
        changes: [...changes],
        skipped: skipped.slice(0, MOST_ROWS),
        notes: notes.slice(0, MOST_ROWS),
      }
    },
  }
}

/** An empty folder is free. @throws AppError export-exists */
async function requireFree(place: string): Promise<void> {
  const found = await readdir(place).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [place]))
  if (found.length > 0) throw new AppError('export-exists', `${place} is there already. Confirm to replace it, or choose another name.`)
}

function cut(report: ImportReport) {
  const { labels, problems } = report
  return { ...report, labels: [...labels], problems: problems.slice(0, MOST_ROWS), problemCount: problems.length }
}

function rowOf({ id, name, options }: { readonly id: string; readonly name: string; readonly options: readonly FormatOption[] }) {
  return { id, name, options: options.map((option) => ({ ...option, choices: [...option.choices] })) }
}
