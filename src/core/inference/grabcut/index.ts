/**
 * GrabCut behind the Segmenter seam: boxes and clicks -> masks on real images without any weights. It goes by colour and edges
 * in and around the box; it does not know what things are.
 */
import { createHash } from 'node:crypto'
import { throwIfAborted } from '../../../shared/errors.ts'
import type { Box, Size } from '../../../shared/geometry.ts'
import type { Bitmap } from '../../../shared/rle.ts'
import { usablePrompt } from '../prompts.ts'
import type { MaskPrompt, RgbImage, SegmentedMask, Segmenter } from '../seams.ts'
import { cutObject } from './cut.ts'
import { cvScope, loadCv, matOf, type Cv } from './opencv.ts'
import { learnable, trimapOf } from './trimap.ts'
import { cropTo, grabWindow } from './window.ts'

/** Grows with every change that gives other masks; part of the hash. */
const VERSION = 1

/** 0/1 pixels of a view, at any size, as a mask of the image; enlarged smoothly where they are smaller than the view. */
function placeMask(cv: Cv, pixels: Uint8Array, size: Size, view: Box, image: Size): Bitmap {
  const width = view.x1 - view.x0
  const height = view.y1 - view.y0
  const mask = { width: image.width, height: image.height, data: new Uint8Array(image.width * image.height) }
  cvScope(cv, (keep) => {
    const from = keep(matOf(cv, pixels.map((value) => value * 255), size.width, size.height, 1))
    const to = keep(new cv.Mat())
    cv.resize(from, to, new cv.Size(width, height), 0, 0, cv.INTER_LINEAR)
    const full = to.data
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (full[y * width + x]! >= 128) mask.data[(view.y0 + y) * image.width + view.x0 + x] = 1
  })
  return mask
}

/** One mask at image size. A box too small to learn colours from is its own mask. */
function grab(cv: Cv, image: RgbImage, prompt: MaskPrompt): Bitmap {
  const window = grabWindow(prompt, image)
  const coarse = { image: cropTo(image, window.view, window.coarse), trimap: trimapOf(prompt, window, window.coarse) }
  const fine = { image: cropTo(image, window.view, window.rim), trimap: trimapOf(prompt, window, window.rim) }
  const pixels = learnable(coarse.trimap) ? cutObject(cv, coarse, fine) : fine.trimap.classes.map((value) => value & 1)
  return placeMask(cv, pixels, window.rim, window.view, image)
}

async function segment(cv: Cv, image: RgbImage, prompts: readonly MaskPrompt[], signal?: AbortSignal): Promise<SegmentedMask[]> {
  const usable = prompts.map((prompt) => usablePrompt(prompt, image))
  const masks: SegmentedMask[] = []
  for (const prompt of usable) {
    // OpenCV blocks: between prompts the event loop gets to hear of a cancel.
    await new Promise((resolve) => setImmediate(resolve))
    throwIfAborted(signal)
    const nothing = { width: image.width, height: image.height, data: new Uint8Array(image.width * image.height) }
    masks.push({ mask: prompt === null ? nothing : grab(cv, image, prompt), score: null })
  }
  return masks
}

/**
 * Opens GrabCut: OpenCV's WebAssembly build is loaded here. Masks are the same for the same prompt every time; they have no
 * score. Prompts are refused as those of SAM 2 are: AppError invalid-argument (neither box nor positive click), cancelled.
 */
export async function openGrabCut(): Promise<Segmenter> {
  const cv = await loadCv()
  return {
    name: 'GrabCut',
    hash: createHash('sha256').update(`grabcut ${VERSION} ${cv.getBuildInformation()}`).digest('hex'),
    device: 'cpu',
    open: (image, signal) => {
      throwIfAborted(signal)
      return Promise.resolve({ encodeMs: 0, segment: (prompts, signal) => segment(cv, image, prompts, signal) })
    },
    release: () => Promise.resolve(),
  }
}
