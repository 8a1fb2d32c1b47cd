/** Work that several test processes need done once: the first does it, the others wait for it. */
import { mkdir, rm, stat } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that was killed at work leaves its lock behind. */
const LOCK_LASTS_MS = 120_000

/** Calls `make` unless `made` is there, never in two processes at once. */
export async function makeOnce(made: string, make: () => Promise<unknown>): Promise<void> {
  const lock = `${made}.lock`
  while (!existsSync(made) || existsSync(lock)) {
    if (!(await taken(lock))) {
      await sleep(100)
      continue
    }
    try {
      if (!existsSync(made)) await make()
      return
    } finally {
      await rm(lock, { recursive: true, force: true })
    }
  }
}

/** Whether the lock is ours now. */
async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch {
    const since = await stat(lock).catch(() => null)
    if (since && Date.now() - since.mtimeMs > LOCK_LASTS_MS) await rm(lock, { recursive: true, force: true })
    return false
  }
}
