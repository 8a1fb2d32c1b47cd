/** Datasets for tests: written from a list of files, and read with everything a reader says about them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import type { DatasetImage, DatasetLabel, FoundImage, ImportFormat, ImportProblem } from '../../src/core/formats/dataset.ts'
import { DatasetFiles } from '../../src/core/formats/common/files/datasetFiles.ts'
import type { SourceValues } from '../../src/core/formats/kept.ts'
import { probe } from '../../src/core/media/decode.ts'

export type FileContents = Readonly<Record<string, string | Uint8Array>>

export function writeFiles(folder: string, files: FileContents): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

export interface ReadDataset {
  readonly labels: readonly DatasetLabel[]
  readonly source: SourceValues | null
  readonly images: readonly DatasetImage[]
  readonly problems: readonly ImportProblem[]
  /** Object records the reader said it met. */
  readonly seen: number
  /** Object records it yielded or explained; has to be `seen`. */
  readonly accounted: number
}

/** Reads all of a dataset; pictures are found in its folder only, as the host finds them. `at`: its folder or file. */
export async function readDataset(format: ImportFormat, at: string, options: Record<string, string> = {}): Promise<ReadDataset> {
  const files = await DatasetFiles.at(at)
  const problems: ImportProblem[] = []
  let seen = 0
  let aside: ReadonlySet<string> = new Set()
  const dataset = await format.open(files, {
    options,
    find: (path) => findPicture(files, path, aside),
    setAside: (paths) => (aside = new Set(paths)),
    seen: (objects) => (seen += objects),
    problem: (problem) => problems.push(problem),
  })
  const images: DatasetImage[] = []
  try {
    for await (const image of dataset.images()) images.push(image)
  } finally {
    await dataset.close?.()
  }
  const yielded = images.reduce((sum, { objects }) => sum + objects.length, 0)
  const explained = problems.reduce((sum, { objects }) => sum + objects, 0)
  return { labels: dataset.labels, source: dataset.source, images, problems, seen, accounted: yielded + explained }
}

async function findPicture(named: DatasetFiles, path: string, aside: ReadonlySet<string>): Promise<FoundImage | null> {
  const files = named.named === null ? named : await DatasetFiles.at(named.root)
  const paths = (await files.list()).filter((file) => /\.(jpe?g|png|bmp|webp|tiff?|gif)$/i.test(file) && !aside.has(file))
  const ending =
    paths.find((file) => file === path) ?? paths.find((file) => file.endsWith(`/${path}`) || path.endsWith(`/${file}`))
  const meant = ending ?? paths.find((file) => parse(file).name === parse(path).name)
  if (meant === undefined) return null
  const file = join(files.root, meant)
  return probe(file).then(
    ({ width, height, orientation }) => ({ file, size: { width, height }, orientation }),
    () => null,
  )
}
