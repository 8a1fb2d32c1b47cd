/** The models of this machine: list, install, verify, remove, and find the folder behind an id or a path. */
import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { basename, join, resolve as absolute } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { PATIENCE, sha256OfFile } from './download.ts'
import { modelsFolder, recogniseFolder } from './folders.ts'
import { freeBytes, installModel, type InstallOptions, type InstallSettings } from './install.ts'
import { downloadBytes, findModel, GRABCUT, readManifest, SHIPPED_MODELS, type GrounderEntry, type Manifest, type ModelEntry, type ModelKind } from './manifest.ts'
import { readRecord, stagedBytes, stagingFolder, type InstalledRecord } from './records.ts'

export interface ModelRow {
  readonly entry: ModelEntry
  /** `shipped` comes with the program, `partial` is a broken-off installation that goes on with the next one. */
  readonly state: 'shipped' | 'installed' | 'partial' | 'available'
  /** Where its files are; null where they are not, and for GrabCut. */
  readonly folder: string | null
  /** To download in all. */
  readonly bytes: number
  /** Of them already here. */
  readonly received: number
}

export interface FileCheck {
  readonly path: string
  /** `unknown`: there, but nothing to compare with. */
  readonly state: 'ok' | 'missing' | 'changed' | 'unknown'
}
export interface VerifyReport {
  readonly id: string
  readonly ok: boolean
  readonly files: readonly FileCheck[]
}

export interface ResolvedModel {
  /** Manifest id, or the folder as it was given. */
  readonly id: string
  readonly name: string
  readonly kind: ModelKind
  /** Null only for GrabCut. */
  readonly folder: string | null
  readonly demo: boolean
}

export interface Models {
  readonly folder: string
  /** Base address models are downloaded from, without a slash at the end. */
  readonly endpoint: string
  readonly manifest: Manifest
  list(): Promise<ModelRow[]>
  install(id: string, options?: InstallOptions): Promise<InstalledRecord>
  /** Reads every byte again and compares with what was recorded. */
  verify(id: string, signal?: AbortSignal): Promise<VerifyReport>
  remove(id: string): Promise<void>
  /** @throws AppError not-found, model-missing (says how to install), model-invalid, invalid-argument (wrong kind) */
  resolve(idOrFolder: string, kind: ModelKind): ResolvedModel
}

/** How to talk to a Qwen2-VL in a folder that is not of the manifest: as to Qwen2-VL-2B, whatever its size. */
export function grounderEntry(manifest: Manifest, id: string): GrounderEntry {
  const known = manifest.models.find((model) => model.id === id)
  if (known?.kind === 'grounder') return known
  const standard = manifest.models.find((model) => model.kind === 'grounder' && !model.demo)
  if (standard?.kind !== 'grounder') throw new AppError('model-invalid', 'The list of models holds no Qwen2-VL.')
  return { ...standard, id, name: basename(id) }
}

export function openModels(settings: Partial<InstallSettings> & { manifest?: Manifest; shipped?: string } = {}): Models {
  const manifest = settings.manifest ?? readManifest()
  const shipped = settings.shipped ?? SHIPPED_MODELS
  const folder = settings.folder ?? modelsFolder()
  const install: InstallSettings = {
    folder,
    endpoint: (settings.endpoint ?? (process.env['HF_ENDPOINT'] || 'https://huggingface.co')).replace(/\/+$/, ''),
    patience: settings.patience ?? PATIENCE,
    freeBytes: settings.freeBytes ?? freeBytes,
  }
  const homeOf = (entry: ModelEntry) => (entry.shipped === null ? join(folder, entry.id) : join(shipped, entry.shipped))
  return {
    folder,
    endpoint: install.endpoint,
    manifest,
    list: () => Promise.all(manifest.models.map((entry) => describe(entry, homeOf(entry), folder))),
    install: (id, options) => installModel(findModel(manifest, id), install, options),
    verify: (id, signal) => verifyModel(findModel(manifest, id), homeOf(findModel(manifest, id)), folder, signal),
    remove: async (id) => {
      const entry = findModel(manifest, id)
      if (entry.source === null) throw new AppError('invalid-argument', `${entry.name} ships with the program and can't be removed.`)
      await rm(homeOf(entry), { recursive: true, force: true })
      await rm(stagingFolder(folder, entry), { recursive: true, force: true })
    },
    resolve: (idOrFolder, kind) => resolveModel(idOrFolder, kind, manifest, homeOf),
  }
}

async function describe(entry: ModelEntry, home: string, folder: string): Promise<ModelRow> {
  const bytes = downloadBytes(entry)
  if (entry.source === null) return { entry, state: 'shipped', folder: entry.files.length > 0 ? home : null, bytes, received: bytes }
  if (existsSync(join(home, 'installed.json'))) return { entry, state: 'installed', folder: home, bytes, received: bytes }
  const received = await stagedBytes(folder, entry)
  return { entry, state: received > 0 ? 'partial' : 'available', folder: null, bytes, received }
}

async function verifyModel(entry: ModelEntry, home: string, folder: string, signal?: AbortSignal): Promise<VerifyReport> {
  const record = entry.source === null ? null : await readRecord(folder, entry.id)
  if (entry.source !== null && record === null) throw notInstalled(entry)
  const files: FileCheck[] = []
  for (const { path, sha256 } of entry.files) {
    const recorded = record?.files.find((file) => file.path === path)
    const state = await checkFile(join(home, path), sha256 ?? recorded?.sha256 ?? null, signal)
    files.push({ path, state })
  }
  return { id: entry.id, ok: files.every(({ state }) => state === 'ok' || state === 'unknown'), files }
}

async function checkFile(file: string, sha256: string | null, signal?: AbortSignal): Promise<FileCheck['state']> {
  if ((await stat(file).catch(() => null)) === null) return 'missing'
  if (sha256 === null) return 'unknown'
  return (await sha256OfFile(file, signal)) === sha256 ? 'ok' : 'changed'
}

function notInstalled(entry: ModelEntry): AppError {
  const size = `${String(Math.ceil(downloadBytes(entry) / 1e6))} MB`
  return new AppError('model-missing', `${entry.name} is not installed. Install it (${size}): marquee models install ${entry.id}`, { id: entry.id })
}

function resolveModel(idOrFolder: string, kind: ModelKind, manifest: Manifest, homeOf: (entry: ModelEntry) => string): ResolvedModel {
  const entry = manifest.models.find((model) => model.id === idOrFolder)
  const isPath = /[\\/]|^\./.test(idOrFolder) || existsSync(idOrFolder)
  // Not an id and no path: findModel says which ids there are.
  const found = entry ?? (isPath ? null : findModel(manifest, idOrFolder))
  const folder = found === null ? absolute(idOrFolder) : homeOf(found)
  const actual = found?.kind ?? recogniseFolder(folder)
  if (actual !== kind)
    throw new AppError('invalid-argument', `${idOrFolder} turns ${actual === 'grounder' ? 'words into boxes' : 'boxes into masks'}: pass it as the ${actual}, not as the ${kind}.`)
  if (found === null) return { id: folder, name: basename(folder), kind, folder, demo: false }
  if (found.id === GRABCUT) return { id: found.id, name: found.name, kind, folder: null, demo: false }
  if (found.source !== null && !existsSync(join(folder, 'installed.json'))) throw notInstalled(found)
  return { id: found.id, name: found.name, kind, folder, demo: found.demo }
}
