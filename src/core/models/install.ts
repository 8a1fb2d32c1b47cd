/** Installs one model: looked up, downloaded to a staging folder, checked, and moved into place in one step. */
import { mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { download, lookUp, type DownloadOptions, type Patience } from './download.ts'
import { useProxyFromEnvironment } from './http.ts'
import type { ModelEntry } from './manifest.ts'
import { lockInstallation, readSeenHashes, stagingFolder, writeSeenHashes, type InstalledRecord } from './records.ts'

export interface InstallProgress {
  readonly stage: 'look-up' | 'download' | 'check'
  readonly file: string
  /** Bytes of the whole model on disk so far, and in all; null while a size is unknown. */
  readonly received: number
  readonly total: number | null
}

export interface InstallOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (progress: InstallProgress) => void
}

export interface InstallSettings {
  /** The models folder. */
  readonly folder: string
  /** Base address, without a slash at the end. */
  readonly endpoint: string
  readonly patience: Patience
  /** Bytes free for the models folder. */
  readonly freeBytes: (folder: string) => Promise<number>
}

interface Target {
  readonly path: string
  readonly url: string
  /** Its place in the staging folder. */
  readonly part: string
  readonly size: number | null
  readonly sha256: string | null
}

const SPARE_BYTES = 64 << 20

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/**
 * Brings a model of the manifest into `<folder>/<id>`. A failure leaves what has arrived in `.staging` for the next try,
 * and an earlier installation as it was.
 * @throws AppError download-failed, disk-full, cancelled, read-only, invalid-argument (nothing to install)
 */
export async function installModel(entry: ModelEntry, settings: InstallSettings, options: InstallOptions = {}): Promise<InstalledRecord> {
  const { source } = entry
  if (source === null) throw new AppError('invalid-argument', `${entry.name} ships with the program: there is nothing to install.`)
  const staging = stagingFolder(settings.folder, entry)
  await makeFolder(staging)
  const unlock = await lockInstallation(settings.folder, entry)
  const restoreProxy = useProxyFromEnvironment()
  try {
    const seen = await readSeenHashes(settings.folder)
    const key = (path: string) => `${source.repo}@${source.revision}/${path}`
    const asked = entry.files.map((file) => ({
      ...file,
      sha256: file.sha256 ?? seen[key(file.path)] ?? null,
      url: `${settings.endpoint}/${source.repo}/resolve/${source.revision}/${file.path}`,
      part: join(staging, file.path),
    }))
    const targets = await lookUpAll(asked, settings, options)
    await checkSpace(entry, targets, settings)
    const files = await downloadAll(targets, settings, options)
    const record = { id: entry.id, ...source, files }
    await moveIntoPlace(record, staging, settings.folder)
    await writeSeenHashes(settings.folder, { ...seen, ...Object.fromEntries(files.map(({ path, sha256 }) => [key(path), sha256])) })
    return record
  } finally {
    restoreProxy()
    await unlock()
  }
}

/** Fills in what the manifest does not know, and refuses a server that holds other files before anything is downloaded. */
async function lookUpAll(targets: Target[], settings: InstallSettings, options: InstallOptions): Promise<Target[]> {
  const result: Target[] = []
  for (const target of targets) {
    options.onProgress?.({ stage: 'look-up', file: target.path, received: 0, total: null })
    const facts = await lookUp(target.url, { patience: settings.patience, signal: options.signal })
    const differs = (known: unknown, said: unknown) => known !== null && said !== null && known !== said
    if (differs(target.size, facts.size) || differs(target.sha256, facts.sha256))
      throw new AppError('download-failed', `${target.url} is not the file it should be: the server says ${String(facts.size)} bytes, SHA-256 ${String(facts.sha256)}. Nothing was downloaded. Check HF_ENDPOINT: a mirror may be damaged.`)
    result.push({ ...target, size: target.size ?? facts.size, sha256: target.sha256 ?? facts.sha256 })
  }
  return result
}

async function checkSpace(entry: ModelEntry, targets: readonly Target[], settings: InstallSettings): Promise<void> {
  const there = await onDisk(targets)
  const total = totalOf(targets) ?? entry.approximateBytes
  const free = await settings.freeBytes(settings.folder)
  const needed = total - there + SPARE_BYTES
  if (free >= needed) return
  const megabytes = (bytes: number) => `${String(Math.ceil(bytes / 1e6))} MB`
  throw new AppError('disk-full', `${entry.name} needs ${megabytes(needed)} in ${settings.folder}, and ${megabytes(free)} are free. Free some space, or set MARQUEE_MODELS to a folder on a larger disk.`)
}

async function downloadAll(targets: readonly Target[], settings: InstallSettings, options: InstallOptions): Promise<InstalledRecord['files']> {
  const total = totalOf(targets)
  const files: InstalledRecord['files'] = []
  let done = 0
  for (const target of targets) {
    const report = (stage: InstallProgress['stage'], received: number) => {
      options.onProgress?.({ stage, file: target.path, received: done + received, total })
    }
    const how: DownloadOptions = {
      patience: settings.patience,
      signal: options.signal,
      onBytes: (received) => {
        report(received === target.size ? 'check' : 'download', received)
      },
    }
    const { size, sha256 } = await download(target, how)
    done += size
    report('download', 0)
    files.push({ path: target.path, size, sha256 })
  }
  return files
}

/** The staging folder becomes the model's folder; an earlier installation steps aside first and comes back if that fails. */
async function moveIntoPlace(record: InstalledRecord, staging: string, folder: string): Promise<void> {
  await writeFile(join(staging, 'installed.json'), JSON.stringify(record, null, 2))
  const place = join(folder, record.id)
  const aside = join(folder, '.staging', `${record.id}.old`)
  await rm(aside, { recursive: true, force: true })
  const replaced = await rename(place, aside).then(() => true, () => false)
  try {
    await rename(staging, place)
  } catch (error) {
    if (replaced) await rename(aside, place)
    throw error
  }
  await rm(aside, { recursive: true, force: true })
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new AppError('read-only', `The folder ${folder} can't be made (${String((error as { code?: string }).code)}). Set MARQUEE_MODELS to a folder you may write to.`, { folder })
  }
}

function totalOf(targets: readonly Target[]): number | null {
  const sizes = targets.map(({ size }) => size)
  return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}

async function onDisk(targets: readonly Target[]): Promise<number> {
  const sizes = await Promise.all(targets.map(({ part }) => stat(part).then(({ size }) => size, () => 0)))
  return sizes.reduce((sum, size) => sum + size, 0)
}
