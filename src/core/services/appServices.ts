/** Everything a window's host carries, put together: the one place that knows all parts. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ProjectInfo } from '../../shared/appContract.ts'
import { createEngineClient, type EngineClient } from '../inference/engineClient.ts'
import { openModels, type Models } from '../models/models.ts'
import { imageHandlers } from './appImages.ts'
import { labelHandlers } from './appLabels.ts'
import { AppModels } from './appModels.ts'
import { AppPictures } from './appPictures.ts'
import { AppSession } from './appSession.ts'
import { exportProject } from './exportProject.ts'
import { SAMPLES_FOLDER, areSamples } from './modelChoice.ts'
import { Roots } from './roots.ts'
import type { AppServices } from './types.ts'

export interface AppOptions {
  /** Where recent projects, thumbnails and the project of sample images are kept. */
  readonly dataFolder: string
  /** The .marquee file to open; made where it is not there. */
  readonly projectFile: string
  /** Folders the window may read and write in, besides the home folder and the samples. */
  readonly roots?: readonly string[]
  readonly engine?: EngineClient
  readonly models?: Models
}

export async function createAppServices(options: AppOptions): Promise<AppServices & { readonly session: AppSession }> {
  const { dataFolder, projectFile, roots: extra = [], engine = createEngineClient(), models = openModels() } = options
  const session = await AppSession.open(dataFolder, projectFile)
  const roots = await Roots.of([homedir(), ...extra, SAMPLES_FOLDER, dataFolder])
  const pictures = new AppPictures(session)
  const appModels = new AppModels(session, engine, models)
  return {
    session,
    image: (imageId, frame) => pictures.image(imageId, frame),
    thumbnail: (imageId) => pictures.thumbnail(imageId),
    close: async () => {
      await engine.dispose()
      session.close()
    },
    handlers: {
      ...imageHandlers(session, roots),
      ...labelHandlers(session),
      ...appModels.handlers,
      'project.info': () => Promise.resolve(infoOf(session)),
      'project.recent': () => session.recent(),
      'project.open': async ({ path }) => {
        await session.switchTo(await roots.check(path))
        return infoOf(session)
      },
      'annotations.load': ({ imageId }) => {
        const { annotations, revision } = session.project.annotations.load(imageId)
        return Promise.resolve({ annotations: [...annotations], revision })
      },
      'annotations.apply': ({ imageId, baseRevision, changes, reason }) => {
        const revision = session.project.annotations.apply({ imageId, baseRevision, changes, actor: 'person', reason })
        session.changes.announce({ imageId })
        return Promise.resolve({ revision })
      },
      'exports.write': async ({ format, path, acceptedOnly }, { signal, report }) => {
        const out = await roots.check(path)
        const total = session.project.images.count()
        const wish = { format, out, states: acceptedOnly ? (['accepted'] as const) : (['accepted', 'proposed'] as const), labels: null, options: {} }
        const { path: written, images, annotations, skipped, notes } = await exportProject(session.project, wish, {
          signal,
          onImage: (done) => {
            report({ done, total })
          },
        })
        const count = Object.values(annotations).reduce((sum, one) => sum + one, 0)
        return { path: written, images, annotations: count, notes: [...skipped, ...notes].map(({ image, reason }) => `${image}: ${reason}`) }
      },
      'host.listFolder': ({ path }) => roots.list(path),
      'settings.get': () => Promise.resolve(session.project.settings.all()),
      'settings.set': ({ key, value }) => {
        session.project.settings.set(key, value)
        return Promise.resolve(null)
      },
      'changes.next': ({ after }, { signal }) => session.changes.next(after, signal),
    },
  }
}

function infoOf(session: AppSession): ProjectInfo {
  const { project } = session
  const onSamples = areSamples(project.sources.list().map(({ root }) => root))
  return {
    name: session.name,
    images: project.images.count(),
    annotations: project.annotations.count(),
    scanning: session.scanning,
    notice: onSamples ? 'samples' : null,
  }
}

/** Where the project of a folder lies: in it, named after it. */
export function projectFileOf(folder: string, dataFolder: string, writable: boolean): string {
  const name = folder.split(/[\\/]/).findLast((part) => part !== '') ?? 'annotations'
  return writable ? join(folder, `${name}.marquee`) : join(dataFolder, 'projects', `${name}.marquee`)
}
