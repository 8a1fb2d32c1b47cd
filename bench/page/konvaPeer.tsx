/** Polygons over a picture as react-konva's own examples draw them: a shape each, the stage draggable. */
import Konva from 'konva'
import { createRoot } from 'react-dom/client'
import { Image as Picture, Layer, Line, Stage } from 'react-konva'
import type { PeerScene } from './types.ts'

/** The middle button too, so that the gesture is the same as in Marquee's window. */
Konva.dragButtons = [0, 1]

function Scene({ scene, element }: { readonly scene: PeerScene; readonly element: HTMLImageElement }) {
  const { rings, colours, width, height, scale, x, y } = scene
  return (
    <Stage width={width} height={height} scaleX={scale} scaleY={scale} x={x} y={y} draggable>
      <Layer>
        <Picture image={element} />
      </Layer>
      <Layer>
        {rings.map((ring, i) => {
          const colour = colours[i % colours.length]!
          return <Line key={i} points={[...ring]} closed stroke={colour} fill={`${colour}59`} strokeWidth={2} strokeScaleEnabled={false} />
        })}
      </Layer>
    </Stage>
  )
}

/** Resolves once it is drawn. */
export async function show(scene: PeerScene): Promise<void> {
  const element = new Image()
  element.src = scene.picture
  await element.decode()
  createRoot(document.getElementById('root')!).render(<Scene scene={scene} element={element} />)
  await new Promise((resolve) => setTimeout(resolve, 2000))
}
