/** The picture, at the size of the image in pixels however large the host sent it; crisp above 100 %. */
import Konva from 'konva'
import type { Editor } from '../editor/editorTypes.ts'
import type { EditorState } from '../editor/state.ts'
import { messageOf } from '../editor/problems.ts'
import type { Picture } from './pictures.ts'
import { Pictures } from './pictures.ts'

const CHECKER = 8

export class ImageLayer {
  readonly layer = new Konva.Layer({ listening: false })
  readonly #node = new Konva.Image({ image: undefined, listening: false, visible: false })
  readonly #ground: Konva.Rect
  readonly #pictures = new Pictures()
  readonly #editor: Editor
  readonly #onPicture: () => void
  #shown: Picture | null = null
  #wanted = ''

  constructor(editor: Editor, onPicture: () => void) {
    this.#editor = editor
    this.#onPicture = onPicture
    this.#ground = new Konva.Rect({ listening: false, visible: false, fillPatternImage: checkerboard() as unknown as HTMLImageElement })
    this.layer.add(this.#ground, this.#node)
  }

  get picture(): Picture | null {
    return this.#shown
  }

  /** Follows the editor: which image, where it lies, how bright it is. */
  update(state: EditorState, before: EditorState | null): void {
    if (state.image?.id !== before?.image?.id || state.frame !== before?.frame) this.#show(state)
    if (state.nextImage && state.nextImage !== before?.nextImage && state.nextImage.status === 'ok') {
      this.#pictures.load(state.nextImage.id, 0).catch(() => undefined)
    }
    if (state.adjustments !== before?.adjustments) this.layer.getNativeCanvasElement().style.filter = filterOf(state)
    if (state.viewport !== before?.viewport || state.image !== before.image) this.#place(state)
  }

  #place({ viewport, image }: EditorState): void {
    if (!image) return
    const { scale, offsetX, offsetY } = viewport
    const sent = this.#shown?.element.naturalWidth ?? image.width
    this.layer.position({ x: offsetX, y: offsetY })
    this.layer.scale({ x: scale, y: scale })
    this.layer.imageSmoothingEnabled((scale * image.width) / sent < 1)
    this.#ground.fillPatternScale({ x: 1 / scale, y: 1 / scale })
    this.layer.batchDraw()
  }

  #show({ image, frame }: EditorState): void {
    const key = image ? `${String(image.id)}/${String(frame)}` : ''
    this.#wanted = key
    // Never the picture of another image; one that is loaded already is drawn before the next frame.
    this.#draw(null)
    if (image?.status !== 'ok') return
    this.#pictures.load(image.id, frame).then(
      (picture) => {
        if (this.#wanted === key) this.#draw(picture)
      },
      (error: unknown) => {
        if (this.#wanted === key) this.#editor.report(`${image.path} can't be shown: ${messageOf(error)}`)
      },
    )
  }

  #draw(picture: Picture | null): void {
    this.#shown = picture
    const { image } = this.#editor.state
    const size = { width: image?.width ?? 0, height: image?.height ?? 0 }
    this.#ground.setAttrs({ ...size, visible: picture?.isTransparent ?? false })
    this.#node.setAttrs({ ...size, image: picture?.element, visible: picture !== null })
    this.#place(this.#editor.state)
    this.layer.batchDraw()
    this.#onPicture()
  }
}

/** The id of the SVG filter that CanvasStage keeps in the page. */
export const GAMMA_FILTER = 'canvas-gamma'

/** Changes what is seen, never what is stored. */
function filterOf({ adjustments: { brightness, contrast, gamma } }: EditorState): string {
  const filters = [
    gamma === 1 ? '' : `url(#${GAMMA_FILTER})`,
    brightness === 1 ? '' : `brightness(${String(brightness)})`,
    contrast === 1 ? '' : `contrast(${String(contrast)})`,
  ]
  return filters.filter(Boolean).join(' ')
}

/** What transparent pixels are shown on. */
function checkerboard(): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 2 * CHECKER
  const context = canvas.getContext('2d')!
  context.fillStyle = '#b8b8b8'
  context.fillRect(0, 0, 2 * CHECKER, 2 * CHECKER)
  context.fillStyle = '#8a8a8a'
  context.fillRect(0, 0, CHECKER, CHECKER)
  context.fillRect(CHECKER, CHECKER, CHECKER, CHECKER)
  return canvas
}
