/** OpenCV's WebAssembly build, loaded on first use, with every Mat freed and its errors made readable. */
import { AppError } from '../../../shared/errors.ts'
import type { OpenCV } from '@opencvjs/node'

export type Cv = typeof OpenCV
export type Mat = OpenCV.Mat

/** Loads OpenCV (11 MB of JavaScript holding the WebAssembly; some 0.4 s, once a process). */
export async function loadCv(): Promise<Cv> {
  const { loadOpenCV } = await import('@opencvjs/node')
  return loadOpenCV()
}

/** Registers a Mat to be freed at the end of the scope and hands it back. */
export type Keep = (mat: Mat) => Mat

/**
 * Runs OpenCV calls and frees every Mat given to `keep`, whatever happens: WebAssembly memory is not garbage collected.
 * @throws AppError internal with OpenCV's own words; it throws bare numbers
 */
export function cvScope<T>(cv: Cv, work: (keep: Keep) => T): T {
  const mats: Mat[] = []
  try {
    return work((mat) => {
      mats.push(mat)
      return mat
    })
  } catch (error) {
    if (typeof error !== 'number') throw error
    const { msg } = cv.exceptionFromPtr(error) as { msg: string }
    throw new AppError('internal', `OpenCV failed: ${msg}`)
  } finally {
    for (const mat of mats) mat.delete()
  }
}

/** 8-bit Mat of `channels` interleaved channels holding a copy of the data. */
export function matOf(cv: Cv, data: Uint8Array, width: number, height: number, channels: 1 | 3): Mat {
  const mat = new cv.Mat(height, width, channels === 3 ? cv.CV_8UC3 : cv.CV_8UC1)
  mat.data.set(data)
  return mat
}
