/** The file list of a window: pages, search, and pictures added while it is open. */
import type { ImageRow } from '../../shared/appContract.ts'
import type { appContract } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { FoundImage, ImageFilter } from '../store/imageSearch.ts'
import { addImages, type AddedImages, type AddOptions } from './addImages.ts'
import type { AppSession } from './appSession.ts'
import type { Roots } from './roots.ts'

type Handlers = HandlersOf<typeof appContract>
type ImageCalls = 'images.add' | 'images.list' | 'images.beside' | 'images.get' | 'images.objects' | 'images.remove' | 'images.restore'

export function imageHandlers(session: AppSession, roots: Roots): Pick<Handlers, ImageCalls> {
  return {
    'images.add': async ({ paths, restore = false }, { signal, report }) => {
      const real = await Promise.all(paths.map((path) => roots.check(path)))
      const onFound = (found: number) => {
        report({ found })
      }
      const { added, problems, removed } = await readIntoProject(session, real, { signal, onFound })
      const restored = restore ? restoreImages(session, removed) : []
      return { added: added + restored.length, problems: [...problems] }
    },
    'images.list': ({ search, offset, limit }) => {
      const { total, rows } = session.project.search.page(parseSearch(search), offset, limit)
      return Promise.resolve({ total, rows: rows.map(rowOf) })
    },
    'images.beside': ({ search, imageId, by }) => {
      const row = session.project.search.beside(parseSearch(search), imageId, by)
      return Promise.resolve(row ? rowOf(row) : null)
    },
    'images.get': ({ imageId }) => Promise.resolve(imageRow(session, imageId)),
    'images.objects': ({ imageIds }) => Promise.resolve({ objects: session.project.removals.objectsOf(imageIds) }),
    'images.remove': ({ imageIds }) => {
      const removed = session.project.removals.remove(imageIds, 'person')
      tell(session, removed)
      return Promise.resolve({ imageIds: removed })
    },
    'images.restore': ({ imageIds }) => Promise.resolve({ imageIds: restoreImages(session, imageIds ?? session.project.removals.list()) }),
  }
}

function restoreImages(session: AppSession, imageIds: readonly ImageId[]): ImageId[] {
  const restored = session.project.removals.restore(imageIds, 'person')
  tell(session, restored)
  return restored
}

/** Lists of images, and the counts of labels, are others now. */
function tell(session: AppSession, imageIds: readonly ImageId[]): void {
  for (const imageId of imageIds) session.changes.announce({ imageId })
  if (imageIds.length > 0) session.changes.announce({ images: true, labels: true })
}

/** Adds files and folders while windows go on, and tells them. Throws like `addImages`. */
export async function readIntoProject(session: AppSession, paths: readonly string[], options: AddOptions): Promise<AddedImages> {
  const changed = (found: number) => {
    session.changes.announce({ images: true })
    options.onFound?.(found)
  }
  try {
    return await session.during('reading', (project) => addImages(project, paths, { ...options, onFound: changed }))
  } finally {
    // Once more: now `scanning` is over.
    session.changes.announce({ images: true })
  }
}

/** @throws AppError not-found */
export function imageRow(session: AppSession, imageId: ImageId): ImageRow {
  const row = session.project.search.row(imageId)
  if (!row) throw new AppError('not-found', 'This image is not in the project any more.', { imageId })
  return rowOf(row)
}

function rowOf(image: FoundImage): ImageRow {
  const { id, path, width, height, orientation, depth, frames, status, problem, revision, index, accepted, proposed, looked } = image
  return { id, path, width, height, orientation, depth, frames, status, problem, revision, index, accepted, proposed, looked: looked === 1 }
}

/**
 * `scan label:"dark lesion" score:<0.5 state:proposed` -> a filter; what fits no key is a word of the name. A key without
 * a value and a quote without its end are what a person is still typing: taken as far as they go.
 * @throws AppError invalid-argument for a score or state that can't be understood
 */
export function parseSearch(search: string): ImageFilter {
  const filter = { words: [] as string[], labels: [] as string[], score: null as ImageFilter['score'], state: null as ImageFilter['state'] }
  for (const [, key, quoted, plain] of search.matchAll(/(?:(label|score|state):)?(?:"([^"]*)(?:"|$)|(\S+))/g)) {
    const value = quoted ?? plain ?? ''
    if (value === '' || /^(label|score|state):$/.test(value)) continue
    if (key === 'label') filter.labels.push(value)
    else if (key === 'score') filter.score = parseScore(value)
    else if (key === 'state') filter.state = parseState(value)
    else filter.words.push(value)
  }
  return filter
}

function parseScore(value: string): ImageFilter['score'] {
  const match = /^(<=|<|>=|>|=)?(\d+(?:\.\d*)?|\.\d+)$/.exec(value)
  if (!match) throw new AppError('invalid-argument', `score:${value} is not understood. Write score:<0.5 or score:>=0.8.`)
  return { compare: (match[1] ?? '=') as NonNullable<ImageFilter['score']>['compare'], bound: Number(match[2]) }
}

function parseState(value: string): NonNullable<ImageFilter['state']> {
  const states = ['proposed', 'accepted', 'empty', 'failed'] as const
  const state = states.find((one) => one === value)
  if (!state) throw new AppError('invalid-argument', `state:${value} is not understood. Write state: with one of ${states.join(', ')}.`)
  return state
}
