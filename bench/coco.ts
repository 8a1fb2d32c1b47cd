/**
 * COCO instances against pycocotools and datumaro, each side in a process of its own, in CPU time: 100,000 images with 1,000,000
 * objects (about 500 MB). datumaro takes 5 GB of memory and some minutes for them.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pythonWith } from '../tests/helpers/python.ts'
import { writeCocoSet } from './cocoSet.ts'
import type { Row } from './row.ts'

const IMAGES = 100_000
const OBJECTS = 1_000_000
/** What reading a file of 450 MB may take. */
const MOST_MEMORY = 1024
/** How much of the memory for ten times the objects a tenth of them on as many images takes, where it is flat. */
const FLAT = 0.6

interface Spent {
  readonly cpu: number
  readonly memory: number
}

function ours(what: string, file: string, out: string): Spent {
  const output = execFileSync(process.execPath, [join(import.meta.dirname, 'cocoOurs.ts'), what, file, out], { encoding: 'utf8' })
  return JSON.parse(output) as Spent
}

function peer(python: string, ...args: string[]): { read: number; write: number; memory: number } {
  return JSON.parse(execFileSync(python, [join(import.meta.dirname, 'peers/coco_tools.py'), ...args], { encoding: 'utf8' })) as never
}

const seconds = (value: number) => `${(value / 1000).toFixed(2)} s`
const mega = (value: number) => `${value.toFixed(0)} MB`

function row(what: string, mine: number, theirs: number, aim: number | null, unit: (value: number) => string = seconds): Row {
  return { what: `COCO, 1,000,000 objects: ${what}`, ours: unit(mine), peer: unit(theirs), ratio: theirs / mine, aim }
}

export async function benchCoco(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-coco-'))
  try {
    const [large, sparse] = ['large', 'sparse'].map((name) => join(folder, name, 'annotations/instances_train.json')) as [string, string]
    await writeCocoSet(large, IMAGES, OBJECTS)
    await writeCocoSet(sparse, IMAGES, OBJECTS / 10)
    const out = join(folder, 'out.json')
    const mine = { first: ours('first', large, out), read: ours('read', large, out), convert: ours('convert', large, out), project: ours('project', large, join(folder, 'project.json')) }
    return [...againstPycocotools(large, mine), ...againstDatumaro(large, mine, join(folder, 'datumaro')), ...memory(mine, ours('convert', sparse, out))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Mine {
  readonly first: Spent
  readonly read: Spent
  readonly convert: Spent
  readonly project: Spent
}

function againstPycocotools(large: string, { first, read }: Mine): Row[] {
  const python = pythonWith('pycocotools')
  if (python === null) return [{ what: 'COCO to first use', skipped: 'needs a Python with pycocotools' }]
  const theirs = peer(python, 'pycocotools', large)
  return [
    row('to first use, pycocotools COCO()', first.cpu, theirs.read, 1),
    row('read whole, pycocotools COCO()', read.cpu, theirs.read, 1),
    row('memory of that, pycocotools', read.memory, theirs.memory, 3, mega),
  ]
}

/** Ours reads and writes in one stream: what writing takes is what that takes over reading. */
function againstDatumaro(large: string, { read, convert, project }: Mine, out: string): Row[] {
  const python = pythonWith('datumaro')
  if (python === null) return [{ what: 'COCO read and written', skipped: 'needs a Python with datumaro (see MARQUEE_PYTHON)' }]
  const theirs = peer(python, 'datumaro', join(large, '../..'), out)
  return [
    row('read and written, datumaro', convert.cpu, theirs.read + theirs.write, 5),
    row('reading of that', read.cpu, theirs.read, null),
    row('writing of that', convert.cpu - read.cpu, theirs.write, null),
    row('into a project on disk, out, verified', project.cpu, theirs.read + theirs.write, null),
  ]
}

function memory({ convert, project }: Mine, sparse: Spent): Row[] {
  return [
    row('memory through a project, limit 1 GB', project.memory, MOST_MEMORY, 1, mega),
    row('memory to read and write 500 MB, limit 1 GB', convert.memory, MOST_MEMORY, 1, mega),
    row('memory, at 100,000 objects', convert.memory, sparse.memory, FLAT, mega),
  ]
}
