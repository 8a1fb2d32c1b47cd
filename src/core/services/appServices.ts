/** Everything a window's host carries, put together: the one place that knows all parts. */
import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { ProjectInfo } from '../../shared/appContract.ts'
import { AppError } from '../../shared/errors.ts'
import { createEngineClient, type EngineClient } from '../inference/engineClient.ts'
import { openModels, type Models } from '../models/models.ts'
import { checkHandlers } from './appChecks.ts'
import { AppFiles } from './appFiles.ts'
import { imageHandlers } from './appImages.ts'
import { importHandlers } from './appImports.ts'
import { labelHandlers } from './appLabels.ts'
import { AppModels } from './appModels.ts'
import { AppPictures } from './appPictures.ts'
import { AppSession } from './appSession.ts'
import { SAMPLES_FOLDER, areSamples } from './modelChoice.ts'
import { masksToCome } from './masksToCome.ts'
import { isPersonal, PersonalSettings } from './personalSettings.ts'
import { Roots } from './roots.ts'
import type { AppServices } from './types.ts'

export interface AppOptions {
  /** Where recent projects, thumbnails and the project of sample images are kept. */
  readonly dataFolder: string
  /** The .marquee file to open; made where it is not there. */
  readonly projectFile: string
  /** Folders the window may read and write in, besides the home folder, the project's and its images', and the samples. */
  readonly roots?: readonly string[]
  readonly engine?: EngineClient
  readonly models?: Models
  /** Shows a file in the system's file manager; without it the window offers the path only. */
  readonly showInFolder?: (path: string) => void
}

export async function createAppServices(options: AppOptions): Promise<AppServices & { readonly session: AppSession; readonly roots: Roots }> {
  const { dataFolder, projectFile, roots: extra = [], engine = createEngineClient(), models = openModels() } = options
  const session = await AppSession.open(dataFolder, projectFile)
  const named = [...extra, dirname(projectFile), ...session.project.sources.list().map(({ root }) => root)]
  const roots = await Roots.of([homedir(), ...named, SAMPLES_FOLDER, dataFolder])
  const files = new AppFiles(session, roots)
  const personal = new PersonalSettings(dataFolder)
  const pictures = new AppPictures(files, dataFolder)
  const appModels = new AppModels({ session, files, engine, models, personal, roots })
  return {
    session,
    roots,
    image: (imageId, frame, window) => pictures.image(imageId, frame, window),
    tile: (imageId, frame, at, window) => pictures.tile(imageId, frame, at, window),
    thumbnail: (imageId) => pictures.thumbnail(imageId),
    close: async () => {
      appModels.end()
      await engine.dispose()
      session.close()
    },
    handlers: {
      ...imageHandlers(session, roots),
      ...pictures.handlers,
      ...labelHandlers(session),
      ...checkHandlers(session),
      ...appModels.handlers,
      ...exportHandlers(session, roots, options.showInFolder),
      'project.info': () => infoOf(session, roots),
      'project.recent': () => session.recent(),
      'project.open': async ({ path }) => {
        const file = await roots.check(path)
        if (!file.endsWith('.marquee')) throw new AppError('invalid-argument', `${path} is no project: their names end in .marquee.`)
        await session.switchTo(file)
        return infoOf(session, roots)
      },
      'annotations.load': ({ imageId }) => {
        const { annotations, revision } = session.project.annotations.load(imageId)
        return Promise.resolve({ annotations: [...annotations], revision })
      },
      'annotations.masksToCome': ({ imageId }) => Promise.resolve({ ids: masksToCome(session.project, imageId) }),
      'annotations.apply': ({ imageId, baseRevision, changes, reason }) => {
        const revision = session.project.annotations.apply({ imageId, baseRevision, changes, actor: 'person', reason })
        session.changes.announce({ imageId })
        return Promise.resolve({ revision })
      },
      'host.listFolder': ({ path }) => roots.list(path),
      'settings.get': async () => ({ ...session.project.settings.all(), ...(await personal.all()) }),
      'settings.set': async ({ key, value }) => {
        if (isPersonal(key)) await personal.set(key, value)
        else session.project.settings.set(key, value)
        return null
      },
      'changes.next': ({ after }, { signal }) => session.changes.next(after, signal),
    },
  }
}

type ExportHandlers = Pick<AppServices['handlers'], 'host.showInFolder'> & ReturnType<typeof importHandlers>

function exportHandlers(session: AppSession, roots: Roots, showInFolder: AppOptions['showInFolder']): ExportHandlers {
  /** Nothing else may a page have shown. */
  const exported = new Set<string>()
  return {
    ...importHandlers(session, roots, (path) => exported.add(path)),
    'host.showInFolder': ({ path }) => {
      if (!exported.has(path)) throw new AppError('invalid-argument', `${path} is no export of this session.`)
      if (!showInFolder) throw new AppError('invalid-argument', `This host can't open a file manager. The export lies at ${path}.`)
      showInFolder(path)
      return Promise.resolve(null)
    },
  }
}

async function infoOf(session: AppSession, roots: Roots): Promise<ProjectInfo> {
  const { project } = session
  const onSamples = areSamples(project.sources.list().map(({ root }) => root))
  return {
    name: session.name,
    images: project.images.count(),
    removed: project.removals.count(),
    annotations: project.annotations.count(),
    scanning: session.scanning,
    exportFolder: (await session.ownFolder()) ?? roots.first,
    notice: onSamples ? 'samples' : null,
  }
}

/** Where the project of a folder lies: in it, named after it; where it can't be written, in the data folder, one for each such folder. */
export function projectFileOf(folder: string, dataFolder: string, writable: boolean): string {
  const name = basename(folder) || 'annotations'
  if (writable) return join(folder, `${name}.marquee`)
  const which = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  return join(dataFolder, 'projects', `${name}-${which}.marquee`)
}
