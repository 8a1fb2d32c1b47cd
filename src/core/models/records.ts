/** What the models folder remembers: what is installed, hashes seen before, and installations under way. */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { ModelEntry } from './manifest.ts'

/** `installed.json` beside the files of an installed model. */
export const InstalledRecord = z.object({
  id: z.string(),
  repo: z.string(),
  revision: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.number(), sha256: z.string() })),
})
export type InstalledRecord = z.infer<typeof InstalledRecord>

/** Hashes seen at first installations, kept when a model is removed: `<repo>@<revision>/<path>` -> SHA-256. */
const SeenHashes = z.record(z.string(), z.string())
type SeenHashes = z.infer<typeof SeenHashes>

/** Null where there is no file. @throws AppError model-invalid with `remedy` where it is no record */
async function readJson<T>(file: string, schema: z.ZodType<T>, remedy: string): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new AppError('model-invalid', `${file} is damaged. ${remedy}`, { file })
  }
}

/** The record of an installed model, null where none is. */
export async function readRecord(folder: string, id: string): Promise<InstalledRecord | null> {
  return readJson(join(folder, id, 'installed.json'), InstalledRecord, `Install the model again: marquee models install ${id}`)
}

const seenFile = (folder: string) => join(folder, 'hashes.json')

export async function readSeenHashes(folder: string): Promise<SeenHashes> {
  return (await readJson(seenFile(folder), SeenHashes, 'Delete it to trust what is downloaded next.')) ?? {}
}

export async function writeSeenHashes(folder: string, seen: SeenHashes): Promise<void> {
  const file = seenFile(folder)
  await writeFile(`${file}.new`, JSON.stringify(seen, null, 2))
  await rename(`${file}.new`, file)
}

/** Where an installation gathers its files; another revision gathers elsewhere. */
export function stagingFolder(folder: string, entry: ModelEntry): string {
  return join(folder, '.staging', `${entry.id}@${entry.source?.revision ?? ''}.part`)
}

/** Bytes of a broken-off installation waiting for the next try. */
export async function stagedBytes(folder: string, entry: ModelEntry): Promise<number> {
  const files = await readdir(stagingFolder(folder, entry), { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

/**
 * Keeps two processes from installing one model at once; the lock of a process that died is taken over.
 * @returns what unlocks
 * @throws AppError download-failed while another installation runs
 */
export async function lockInstallation(folder: string, entry: ModelEntry): Promise<() => Promise<void>> {
  const file = join(folder, '.staging', `${entry.id}.lock`)
  const pid = Number(await readFile(file, 'utf8').catch(() => Number.NaN))
  if (Number.isInteger(pid) && !isAlive(pid)) await rm(file, { force: true })
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' })
  } catch {
    throw new AppError('download-failed', `${entry.name} is being installed already (process ${String(pid)}). Wait for it to end.`, { pid })
  }
  return () => rm(file, { force: true })
}
