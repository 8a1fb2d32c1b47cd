/** Three layers - picture, what is stored, what changes with the pointer - that follow the editor's state. */
import Konva from 'konva'
import type { Editor } from '../editor/editorTypes.ts'
import type { EditorState } from '../editor/state.ts'
import { fitImage, resizeTo } from '../editor/viewport.ts'
import { AnnotationLayer } from './annotationLayer.ts'
import { cursorOf } from './cursor.ts'
import { ImageLayer } from './imageLayer.ts'
import { drawMiniMap } from './miniMap.ts'
import { paintOverlay } from './paintOverlay.ts'
import { PointerInputs } from './pointer.ts'
import { keepWindow } from './sampleWindow.ts'
import { readTheme, watchTheme } from './theme.ts'

/** Draws into the element until the returned function is called. */
export function openStage(element: HTMLDivElement, editor: Editor): () => void {
  const stage = new Konva.Stage({ container: element, listening: false, width: 1, height: 1 })
  const overlay = new Konva.Layer({ listening: false })
  const images = new ImageLayer(editor, () => overlay.batchDraw())
  const annotations = new AnnotationLayer(editor)
  let theme = readTheme(element)
  const unwatch = watchTheme(() => {
    theme = readTheme(element)
    overlay.batchDraw()
  })
  overlay.add(shapeOf((context) => {
    const { state } = editor
    if (!state.image) return
    paintOverlay({ context, state, theme })
    drawMiniMap(context, state.viewport, state.image, { thumbnail: images.picture?.thumbnail, color: theme.accent })
  }))
  stage.add(images.layer, annotations.layer, overlay)

  const follow = (state: EditorState, before: EditorState | null) => {
    images.update(state, before)
    annotations.update(state, before)
    overlay.batchDraw()
    element.style.setProperty('--tool-cursor', cursorOf(editor))
  }
  follow(editor.state, null)
  const unsubscribe = editor.store.subscribe((state, before) => follow(state, before))
  const sizes = new ResizeObserver(() => resize(stage, element, editor))
  sizes.observe(element)
  resize(stage, element, editor)
  const pointer = new PointerInputs(element, editor)
  const ending = new AbortController()
  keepWindow(editor, ending.signal)

  return () => {
    ending.abort()
    unsubscribe()
    sizes.disconnect()
    pointer.dispose()
    images.dispose()
    annotations.dispose()
    unwatch()
    stage.destroy()
  }
}

/** A shape that is drawn by hand. */
function shapeOf(draw: (context: CanvasRenderingContext2D) => void): Konva.Shape {
  return new Konva.Shape({ listening: false, perfectDrawEnabled: false, sceneFunc: ({ _context: context }) => draw(context) })
}

/** The first size fits the image; later ones keep it fitted, or keep the middle of the view. */
function resize(stage: Konva.Stage, element: HTMLElement, editor: Editor): void {
  const { clientWidth: width, clientHeight: height } = element
  const { viewport, image } = editor.state
  if (width === 0 || height === 0 || (stage.width() === width && stage.height() === height)) return
  stage.size({ width, height })
  const isFirst = viewport.width <= 1
  const resized = resizeTo(viewport, width, height, image)
  editor.setViewport(isFirst && image ? fitImage(resized, image) : resized)
}
