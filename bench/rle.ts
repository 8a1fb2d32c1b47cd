/**
 * Masks against pycocotools, in CPU time, both on this machine in this run: ratios above 1 mean ours is faster. Needs python3
 * with pycocotools. Both sides start from what a caller has: COCO strings, or pixels row by row for encode.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Rle } from '../src/shared/model.ts'
import type { Bitmap } from '../src/shared/rle.ts'
import { maskIous, mergeRuns } from '../src/shared/rleMath.ts'
import { bitmapToRle, rleToBitmap, rleToRuns, runsToRle } from '../src/shared/rleString.ts'
import { cpuMs } from './cpuTime.ts'
import { ms, type Row } from './row.ts'

/** Blobs with a rough rim, as segmenters give them, the smaller the more there are; the same in every run. */
function blobs(count: number, width: number, height: number): Bitmap[] {
  let state = 12345
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const reach = Math.min(0.3, 1.5 / Math.sqrt(count))
  return Array.from({ length: count }, () => {
    const data = new Uint8Array(width * height)
    const [cx, cy] = [random() * width, random() * height]
    const [rx, ry] = [width * reach * (0.2 + random()), height * reach * (0.2 + random())]
    for (let y = 0; y < height; y++) {
      const half = rx * Math.sqrt(Math.max(0, 1 - ((y - cy) / ry) ** 2))
      if (half === 0) continue
      const from = Math.max(0, Math.round(cx - half + random() * 4))
      const to = Math.min(width, Math.round(cx + half - random() * 4))
      if (to > from) data.fill(1, y * width + from, y * width + to)
    }
    return { width, height, data }
  })
}

/** pycocotools' CPU milliseconds for the same masks; null where it is missing. */
function pycocotools(rles: readonly Rle[]): Record<string, number> | null {
  const script = join(import.meta.dirname, 'peers/rle_pycocotools.py')
  const { status, stdout } = spawnSync('python3', [script], { input: `${JSON.stringify(rles)}\n`, encoding: 'utf8' })
  return status === 0 ? (JSON.parse(stdout) as Record<string, number>) : null
}

function measure(bitmaps: readonly Bitmap[], rles: readonly Rle[]): Record<string, number> {
  return {
    encode: cpuMs(() => bitmaps.map(bitmapToRle)),
    decode: cpuMs(() => rles.map(rleToBitmap)),
    merge: cpuMs(() => runsToRle(mergeRuns(rles.map(rleToRuns)))),
    iou: cpuMs(() => {
      const runs = rles.map(rleToRuns)
      return maskIous(runs, runs)
    }),
  }
}

function compare(count: number, width: number, height: number): Row[] {
  const bitmaps = blobs(count, width, height)
  // Text as it comes out of a file.
  const rles = JSON.parse(JSON.stringify(bitmaps.map(bitmapToRle))) as Rle[]
  if (rles.some((rle, i) => Buffer.compare(rleToBitmap(rle).data, bitmaps[i]!.data) !== 0)) throw new Error('masks came back changed')
  const title = `RLE, ${count} masks ${width} x ${height}`
  const theirs = pycocotools(rles)
  if (theirs === null) return [{ what: title, skipped: 'needs python3 with pycocotools' }]
  return Object.entries(measure(bitmaps, rles)).map(([name, ours]) => {
    const peer = theirs[name]!
    return { what: `${title}: ${name}`, ours: ms(ours), peer: ms(peer), ratio: peer / ours, aim: 1 }
  })
}

export function benchRle(): Row[] {
  return [...compare(200, 640, 480), ...compare(6, 4000, 3000)]
}
