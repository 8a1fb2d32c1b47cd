/** Which picture belongs on the canvas: follows the editor, fetches, and never shows one that is no longer asked for. */
import { imageUrl, type ImageRow } from '../../shared/appContract.ts'
import { messageOf } from '../../shared/errors.ts'
import type { Size } from '../../shared/geometry.ts'
import type { ImageId } from '../../shared/model.ts'
import type { SampleWindow } from '../../shared/pictures.ts'
import type { Editor } from '../editor/editorTypes.ts'
import { type EditorState, UNKNOWN_PICTURE } from '../editor/state.ts'
import { type Picture, Pictures } from './pictures.ts'
import { windowOf } from './sampleWindow.ts'

export interface Shown {
  readonly picture: Picture
  readonly imageId: ImageId
  readonly frame: number
  /** Of the frame, image pixels. */
  readonly size: Size
  /** As the address said; null for the host's choice. */
  readonly window: SampleWindow | null
}

interface Wish {
  readonly imageId: ImageId
  readonly frame: number
  /** Of the frame: pages may differ in it. */
  readonly size: Promise<Size>
  /** The address loaded last, whatever came of it. */
  asked: string
  isLoading: boolean
}

export class ShownPicture {
  readonly #editor: Editor
  readonly #onChange: () => void
  readonly #pictures = new Pictures()
  #wish: Wish | null = null
  #shown: Shown | null = null

  constructor(editor: Editor, onChange: () => void) {
    this.#editor = editor
    this.#onChange = onChange
  }

  /** Null until it has come. */
  get shown(): Shown | null {
    return this.#shown
  }

  update(state: EditorState, before: EditorState | null): void {
    const { image, frame, nextImage, adjustments, picture } = state
    if (image?.id !== before?.image?.id || frame !== before?.frame) this.#open(state)
    else if (adjustments.window !== before.adjustments.window || picture.samples !== before.picture.samples) void this.#load()
    if (nextImage && nextImage !== before?.nextImage && nextImage.status === 'ok') {
      const kept = typeof adjustments.window === 'object' && nextImage.depth > 8 ? adjustments.window : null
      this.#pictures.load(imageUrl(nextImage.id, 0, kept)).catch(() => undefined)
    }
  }

  #open({ image, frame }: EditorState): void {
    const wish: Wish | null = image?.status === 'ok' ? { imageId: image.id, frame, size: this.#sizeOf(image, frame), asked: '', isLoading: false } : null
    this.#wish = wish
    // Never the picture of another image; one that is loaded already is drawn before the next frame.
    this.#show(null)
    this.#learn(UNKNOWN_PICTURE)
    if (!image || !wish) return
    if (image.depth > 8) this.#readSamples(wish)
    void this.#load()
  }

  #sizeOf({ id, width, height }: ImageRow, frame: number): Promise<Size> {
    const size = frame === 0 ? Promise.resolve({ width, height }) : this.#editor.api['images.frameSize']({ imageId: id, frame })
    // Said where it is waited for.
    size.catch(() => undefined)
    return size
  }

  #readSamples(wish: Wish): void {
    this.#editor.api['images.samples']({ imageId: wish.imageId, frame: wish.frame }).then(
      (samples) => {
        if (this.#wish === wish) this.#learn({ samples })
      },
      // The picture itself fails for the same reason, and says so.
      () => undefined,
    )
  }

  /** One after the other, so that a window that is dragged is shown as often as the host can, and the last one surely. */
  async #load(): Promise<void> {
    const wish = this.#wish
    if (!wish || wish.isLoading) return
    wish.isLoading = true
    for (let window = this.#window(); window !== 'unknown' && this.#wish === wish; window = this.#window()) {
      const url = imageUrl(wish.imageId, wish.frame, window)
      if (url === wish.asked) break
      wish.asked = url
      try {
        const [picture, size] = await Promise.all([this.#pictures.load(url), wish.size])
        if (this.#wish !== wish) break
        this.#show({ picture, imageId: wish.imageId, frame: wish.frame, size, window })
        this.#prefetch(wish, window)
      } catch (error) {
        if (this.#wish === wish) await this.#fail(wish, error)
      }
    }
    wish.isLoading = false
  }

  /** The page after this one. */
  #prefetch({ imageId, frame }: Wish, window: SampleWindow | null): void {
    const { frames = 1 } = this.#editor.state.image ?? {}
    if (frame + 1 < frames) this.#pictures.load(imageUrl(imageId, frame + 1, window)).catch(() => undefined)
  }

  /** What to ask for; a picture's own range is the host's choice anyway. */
  #window(): SampleWindow | null | 'unknown' {
    const { image, adjustments } = this.#editor.state
    if (!image || image.depth <= 8 || adjustments.window === 'range') return null
    return windowOf(this.#editor.state) ?? 'unknown'
  }

  /** A browser doesn't tell why a picture did not come; the host does. */
  async #fail(wish: Wish, error: unknown): Promise<void> {
    const { imageId, frame } = wish
    const problem = await this.#editor.api['images.problem']({ imageId, frame }).catch(messageOf)
    if (this.#wish !== wish) return
    this.#learn({ problem: problem ?? messageOf(error) })
  }

  #learn(part: Partial<EditorState['picture']>): void {
    const { picture } = this.#editor.state
    const next = { ...picture, ...part }
    if (next.problem !== picture.problem || next.samples !== picture.samples) this.#editor.store.setState({ picture: next })
  }

  #show(shown: Shown | null): void {
    this.#shown = shown
    this.#onChange()
  }
}
