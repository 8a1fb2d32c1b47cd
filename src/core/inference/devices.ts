/** Where models can run, fastest first. onnxruntime does not fall back by itself: `openSessions` tries these in turn. */
import { AppError } from '../../shared/errors.ts'

export const DEVICES = ['webgpu', 'dml', 'coreml', 'cuda', 'cpu'] as const
export type Device = (typeof DEVICES)[number]

/** Which of them onnxruntime-node 1.30 ships for a platform (its README; seen in its package). */
function isShipped(device: Device, platform: NodeJS.Platform, arch: string): boolean {
  if (device === 'webgpu') return !(platform === 'linux' && arch === 'arm64')
  if (device === 'dml') return platform === 'win32'
  if (device === 'coreml') return platform === 'darwin'
  if (device === 'cuda') return platform === 'linux' && arch === 'x64'
  return true
}

/**
 * The devices to try, in order; `wanted` pins one, without a fallback.
 * @throws AppError invalid-argument for an unknown device or one this platform has not
 */
export function devicesToTry(wanted: string | null, platform: NodeJS.Platform = process.platform, arch: string = process.arch): Device[] {
  const there = DEVICES.filter((device) => isShipped(device, platform, arch))
  if (wanted === null) return there
  const pinned = there.find((device) => device === wanted)
  if (pinned === undefined) throw new AppError('invalid-argument', `There is no device "${wanted}" on this machine. Choose one of ${there.join(', ')}.`, { wanted })
  return [pinned]
}
