/**
 * COCO instances against pycocotools and datumaro, each side in a process of its own, in CPU time: 100,000 images with 1,000,000
 * objects (about 500 MB), and a tenth of that for datumaro, whose time and memory grow with the objects.
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
/** How much more memory ten times the objects may take. */
const FLAT = 0.5

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

function row(what: string, mine: number, theirs: number, aim: number, unit: (value: number) => string = seconds): Row {
  return { what: `COCO ${what}`, ours: unit(mine), peer: unit(theirs), ratio: theirs / mine, aim }
}

export async function benchCoco(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-coco-'))
  try {
    const [large, small] = ['large', 'small'].map((name) => join(folder, name, 'annotations/instances_train.json')) as [string, string]
    await writeCocoSet(large, IMAGES, OBJECTS)
    await writeCocoSet(small, IMAGES / 10, OBJECTS / 10)
    return [...againstPycocotools(large, folder), ...againstDatumaro(small, folder), ...memory(large, small, folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function againstPycocotools(large: string, folder: string): Row[] {
  const python = pythonWith('pycocotools')
  if (python === null) return [{ what: 'COCO, 1,000,000 objects', skipped: 'needs a Python with pycocotools' }]
  const theirs = peer(python, 'pycocotools', large)
  const [first, whole] = [ours('first', large, folder), ours('read', large, folder)]
  return [
    row('1,000,000 objects to first use, pycocotools COCO()', first.cpu, theirs.read, 1),
    row('1,000,000 objects read whole, pycocotools COCO()', whole.cpu, theirs.read, 1),
    row('memory of that, pycocotools', whole.memory, theirs.memory, 3, mega),
  ]
}

function againstDatumaro(small: string, folder: string): Row[] {
  const python = pythonWith('datumaro')
  if (python === null) return [{ what: 'COCO, 100,000 objects', skipped: 'needs a Python with datumaro (see MARQUEE_PYTHON)' }]
  const theirs = peer(python, 'datumaro', join(small, '../..'), join(folder, 'datumaro'))
  const out = join(folder, 'out.json')
  return [
    row('100,000 objects read, datumaro', ours('read', small, out).cpu, theirs.read, 5),
    row('100,000 objects written, datumaro', ours('write', small, out).cpu, theirs.write, 5),
    row('100,000 objects read and written, datumaro', ours('convert', small, out).cpu, theirs.read + theirs.write, 5),
  ]
}

function memory(large: string, small: string, folder: string): Row[] {
  const out = join(folder, 'out.json')
  const [much, little] = [ours('convert', large, out), ours('convert', small, out)]
  return [
    row('memory to read and write 500 MB, limit 1 GB', much.memory, MOST_MEMORY, 1, mega),
    row('memory at 1,000,000 objects, at 100,000', much.memory, little.memory, FLAT, mega),
  ]
}
