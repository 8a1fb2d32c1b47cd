/**
 * Masks against pycocotools, both on this machine in this run: ratios above 1 mean ours is faster. Needs python3 with
 * pycocotools. Each side starts from and ends with what its callers hold: pixels row by row (numpy's own order) and COCO
 * strings for encode and decode; for merge and IoU run lengths here, RLE objects there.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { decodeRuns } from '../src/shared/rle.ts'
import type { Bitmap } from '../src/shared/rle.ts'
import { maskIous, mergeRuns } from '../src/shared/rleMath.ts'
import { bitmapToRle, rleToBitmap, rleToRuns } from '../src/shared/rleString.ts'

interface Row {
  readonly what: string
  readonly oursMs: number
  readonly peerMs: number
  readonly ratio: number
}

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

/** The least time of a call in milliseconds, over half a second at least, so that both sides are warm and undisturbed once. */
function best(call: () => unknown, repeats: number): number {
  let least = Infinity
  const begin = performance.now()
  for (let i = 0; i < repeats || performance.now() - begin < 500; i++) {
    const start = performance.now()
    call()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

function compare(count: number, width: number, height: number, repeats: number): Row[] {
  const bitmaps = blobs(count, width, height)
  const rles = bitmaps.map(bitmapToRle)
  const runs = rles.map(rleToRuns)
  const ours: Record<string, number> = {
    encode: best(() => bitmaps.map(bitmapToRle), repeats),
    decode: best(() => rles.map((rle) => decodeRuns(rleToRuns(rle))), repeats),
    merge: best(() => mergeRuns(runs), repeats),
    iou: best(() => maskIous(runs, runs), repeats),
  }
  if (rles.some((rle, i) => Buffer.compare(rleToBitmap(rle).data, bitmaps[i]!.data) !== 0)) throw new Error('masks came back changed')
  const script = join(import.meta.dirname, 'peers/rle_pycocotools.py')
  const peer = spawnSync('python3', [script], { input: `${JSON.stringify({ masks: rles, repeats })}\n`, encoding: 'utf8' })
  if (peer.status !== 0) throw new Error(`pycocotools could not be measured: ${peer.stderr}`)
  const theirs = JSON.parse(peer.stdout) as Record<string, number>
  return Object.keys(ours).map((name) => {
    const [oursMs, peerMs] = [ours[name]!, theirs[name]!]
    return { what: `${count} masks ${width} x ${height}: ${name}`, oursMs, peerMs, ratio: peerMs / oursMs }
  })
}

export function benchRle(): Row[] {
  return [...compare(200, 640, 480, 15), ...compare(6, 4000, 3000, 8)]
}

if (import.meta.main) {
  for (const { what, oursMs, peerMs, ratio } of benchRle()) {
    console.log(`${what.padEnd(60)} ours ${oursMs.toFixed(2).padStart(8)} ms   pycocotools ${peerMs.toFixed(2).padStart(8)} ms   x ${ratio.toFixed(2)}`)
  }
}
