/** What a host carries: the calls of the contract, and pixels by id. Hosts know nothing else of core. */
import type { appContract } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import type { ImageId } from '../../shared/model.ts'

export interface Picture {
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp'
  readonly bytes: Buffer
}

export interface AppServices {
  readonly handlers: HandlersOf<typeof appContract>
  /** The upright picture for the screen, at most `MAX_SCREEN_SIDE` pixels a side. */
  image(imageId: ImageId, frame: number): Promise<Picture>
  thumbnail(imageId: ImageId): Promise<Picture>
  close(): Promise<void>
}
