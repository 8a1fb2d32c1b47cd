/** What a host carries: the calls of the contract, and pixels by id. Hosts know nothing else of core. */
import type { appContract } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import type { ImageId } from '../../shared/model.ts'
import type { SampleWindow, TileAt } from '../../shared/pictures.ts'
import type { EncodedPicture } from '../media/browserFile.ts'

export type Picture = EncodedPicture

export interface AppServices {
  readonly handlers: HandlersOf<typeof appContract>
  /** The upright picture for the screen, all of it or its overview (`isTiled`); a deep one through the window, else its range. */
  image(imageId: ImageId, frame: number, window?: SampleWindow): Promise<Picture>
  /** A part of a picture that is tiled. */
  tile(imageId: ImageId, frame: number, at: TileAt, window?: SampleWindow): Promise<Picture>
  thumbnail(imageId: ImageId): Promise<Picture>
  close(): Promise<void>
}
