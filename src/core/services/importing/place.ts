/** What an import reads: a folder or file as it is, an archive once it is unpacked. */
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { DatasetFiles } from '../../formats/common/files/datasetFiles.ts'
import { hashFile } from '../../media/hash.ts'
import { unzip } from './unzip.ts'

export interface Place {
  readonly files: DatasetFiles
  /** Removes what only the reading needed. */
  release(): Promise<void>
}

const nothing = () => Promise.resolve()

/**
 * An archive is unpacked beside the project, where its pictures stay: into a folder named after it and its content, so that
 * the same archive is unpacked once. `project` null: into a folder that goes again.
 * @throws AppError not-found, invalid-dataset, cancelled
 */
export async function openPlace(place: string, project: string | null, signal?: AbortSignal): Promise<Place> {
  if (!place.toLowerCase().endsWith('.zip')) return { files: await DatasetFiles.at(place), release: nothing }
  if (project === null) {
    const folder = await mkdtemp(join(tmpdir(), 'marquee-zip-'))
    const release = () => rm(folder, { recursive: true, force: true })
    await unzip(place, folder, signal).catch(async (error: unknown) => {
      await release()
      throw error
    })
    return { files: await DatasetFiles.at(folder), release }
  }
  const hash = await hashFile(place, signal)
  const folder = join(dirname(project), `${parse(project).name} imports`, `${parse(place).name}-${hash.slice(0, 8)}`)
  if (!(await stat(folder).catch(() => null))) await unzipWhole(place, folder, signal)
  return { files: await DatasetFiles.at(folder), release: nothing }
}

async function unzipWhole(place: string, folder: string, signal?: AbortSignal): Promise<void> {
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  try {
    await unzip(place, part, signal)
    await rename(part, folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
