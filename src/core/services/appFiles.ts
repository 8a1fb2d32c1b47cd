/** From an image's id to its file: the only way pixels are reached, for the screen and for models alike. */
import { AppError } from '../../shared/errors.ts'
import type { ImageId } from '../../shared/model.ts'
import type { StoredImage } from '../store/images.ts'
import type { AppSession } from './appSession.ts'
import type { Roots } from './roots.ts'

export class AppFiles {
  readonly #session: AppSession
  readonly #roots: Roots

  constructor(session: AppSession, roots: Roots) {
    this.#session = session
    this.#roots = roots
  }

  /**
   * Runs `work` on the image's file, links followed. Errors name the file as the list does and not where it lies.
   * @throws AppError not-found, unreadable-image (also for a file outside the roots), and what `work` throws
   */
  async use<T>(imageId: ImageId, work: (file: string, image: StoredImage) => Promise<T>): Promise<T> {
    const { images } = this.#session.project
    const image = images.get(imageId)
    const stored = images.fileOf(image)
    let real = stored
    try {
      if (image.status !== 'ok') throw new AppError('unreadable-image', image.problem ?? 'This image can not be read.')
      real = await this.#inside(stored)
      return await work(real, image)
    } catch (error) {
      throw namedAsListed(error, [real, stored], image.path)
    }
  }

  async #inside(file: string): Promise<string> {
    try {
      return await this.#roots.check(file)
    } catch (error) {
      const why = `${file} lies outside the folders Marquee may read. Start Marquee with the folder it is in.`
      throw new AppError('unreadable-image', why, {}, error)
    }
  }
}

function namedAsListed(error: unknown, files: readonly string[], listed: string): unknown {
  if (!(error instanceof AppError)) return error
  const message = files.reduce((text, file) => text.replaceAll(file, listed), error.message)
  const details = Object.fromEntries(Object.entries(error.details).filter(([, value]) => !files.includes(String(value))))
  return new AppError(error.code, message, details, error)
}
