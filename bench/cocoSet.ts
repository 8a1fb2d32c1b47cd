/** A COCO instances file as the real ones are: outlines of some twenty corners, objects in no order, the same in every run. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { dirname, join } from 'node:path'

const LABELS = 80
const WIDTH = 640
const HEIGHT = 480

/** Numbers in [0, 1), the same in every run. */
function numbers(): () => number {
  let state = 12345
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

/** Writes the file, and an empty folder for images beside its own; one object in a hundred is a crowd with a mask. */
export async function writeCocoSet(path: string, images: number, objects: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await mkdir(join(dirname(path), '../images'), { recursive: true })
  const out = createWriteStream(path, { highWaterMark: 1 << 20 })
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain')
  }
  const random = numbers()
  await write('{"info": {"description": "bench"}, "licenses": [{"id": 1, "name": "CC", "url": ""}], "images": [')
  for (let n = 0; n < images; n++) {
    const name = `${String(n).padStart(12, '0')}.jpg`
    const record = { license: 1, file_name: name, coco_url: `http://images.cocodataset.org/train2017/${name}`, height: HEIGHT, width: WIDTH, date_captured: '2013-11-14 16:28:13', id: n * 3 + 9 }
    await write(`${n === 0 ? '' : ', '}${JSON.stringify(record)}`)
  }
  await write('], "annotations": [')
  for (let n = 0; n < objects; n++) await write(`${n === 0 ? '' : ', '}${JSON.stringify(annotation(n, images, random))}`)
  const categories = Array.from({ length: LABELS }, (_, n) => ({ supercategory: 'thing', id: n + 1, name: `label ${n + 1}` }))
  await write(`], "categories": ${JSON.stringify(categories)}}\n`)
  out.end()
  await once(out, 'close')
}

function annotation(n: number, images: number, random: () => number): object {
  const [x, y, w, h] = [random() * (WIDTH - 120), random() * (HEIGHT - 90), 20 + random() * 100, 20 + random() * 70].map((value) => Math.round(value * 100) / 100) as [number, number, number, number]
  const ids = { image_id: Math.floor(random() * images) * 3 + 9, bbox: [x, y, w, h], category_id: 1 + Math.floor(random() * LABELS), id: n + 1 }
  if (n % 100 === 99) return { segmentation: { counts: crowd(random), size: [HEIGHT, WIDTH] }, area: 4000, iscrowd: 1, ...ids }
  const corners = 6 + Math.floor(random() * 36)
  const ring = Array.from({ length: corners }, (_, i) => {
    const turn = (i / corners) * 2 * Math.PI
    const reach = 0.35 + random() * 0.15
    return [x + w * (0.5 + reach * Math.cos(turn)), y + h * (0.5 + reach * Math.sin(turn))].map((value) => Math.round(value * 100) / 100)
  })
  return { segmentation: [ring.flat()], area: Math.round(w * h * 5000) / 10000, iscrowd: 0, ...ids }
}

function crowd(random: () => number): number[] {
  const counts: number[] = []
  let left = WIDTH * HEIGHT
  for (let n = 0; n < 200; n++) {
    const run = 1 + Math.floor(random() * 1000)
    counts.push(run)
    left -= run
  }
  return [...counts, left]
}
