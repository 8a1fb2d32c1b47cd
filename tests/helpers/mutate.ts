/** Damaged files: deterministic mutations of a valid one, and what every reader has to do with them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import type { ImportFormat } from '../../src/core/formats/dataset.ts'
import { AppError } from '../../src/shared/errors.ts'
import { readDataset, writeFiles } from './datasets.ts'
import type { FileContents, ReadDataset } from './datasets.ts'

const MODEST_SIZE = 2 ** 20

/** Numbers in [0, 1) from a seed (mulberry32), the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

type Mutation = (bytes: Buffer, random: () => number) => Buffer

const place = (bytes: Buffer, random: () => number) => Math.floor(random() * (bytes.length + 1))
const span = (bytes: Buffer, random: () => number): [number, number] => {
  const start = place(bytes, random)
  return [start, Math.min(bytes.length, start + Math.floor(random() * 40))]
}
const joined = (...parts: (Buffer | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)))
const STRANGE_NUMBERS = ['NaN', '1e308', '-1', '', '0', '1e999', 'Infinity', '99999999999', '-0.5', '4294967297', 'null', '0x10']
const STRANGE_BYTES = ['\0', '\xff', '\ufeff', '"', '<', '&', '{', ']', '\\', '../../', '\r\n', "'", '%', ',', '\u2028']

/** A swapped number leaves text that most formats can still read, so it comes up more often than the others. */
const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, random) => {
    const flipped = Buffer.from(bytes)
    for (let n = 0; n <= random() * 4; n++)
      flipped[Math.min(place(bytes, random), bytes.length - 1)]! ^= 1 << Math.floor(random() * 8)
    return flipped
  },
  (bytes, random) => {
    const [start, end] = span(bytes, random)
    return joined(bytes.subarray(0, end), bytes.subarray(start, end), bytes.subarray(end))
  },
  (bytes, random) => {
    const [start, end] = span(bytes, random)
    return joined(bytes.subarray(0, start), bytes.subarray(end))
  },
  (bytes, random) => {
    const at = place(bytes, random)
    return joined(bytes.subarray(0, at), STRANGE_BYTES[Math.floor(random() * STRANGE_BYTES.length)]!, bytes.subarray(at))
  },
  (bytes, random) => {
    const at = place(bytes, random)
    const opening = ['[', '{"a":', '<b>', '- ', '((', '"'][Math.floor(random() * 6)]!
    return joined(bytes.subarray(0, at), opening.repeat(20_000), bytes.subarray(at))
  },
  swapNumber,
  swapNumber,
  swapNumber,
]

function swapNumber(bytes: Buffer, random: () => number): Buffer {
  const text = bytes.toString('latin1')
  const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)]
  const chosen = numbers[Math.floor(random() * numbers.length)]
  if (!chosen) return bytes
  const strange = STRANGE_NUMBERS[Math.floor(random() * STRANGE_NUMBERS.length)]!
  return Buffer.from(text.slice(0, chosen.index) + strange + text.slice(chosen.index + chosen[0].length), 'latin1')
}

/** `count` damaged versions of `valid`, the same for the same seed. */
export function* mutationsOf(valid: Uint8Array, count: number, seed = 1): Iterable<Buffer> {
  const random = randomFrom(seed)
  for (let n = 0; n < count; n++) yield MUTATIONS[n % MUTATIONS.length]!(Buffer.from(valid), random)
}

/**
 * Reads `files` with the one named `damaged` in `count` damaged versions. Each has to end, with an AppError or with
 * problems that name a file of the dataset, and with every object record accounted for. Returns how many were readable.
 */
export async function expectToSurvive(
  format: ImportFormat,
  files: FileContents,
  damaged: string,
  { count = 1000, seed = 1, options = {} }: { count?: number; seed?: number; options?: Record<string, string> } = {},
): Promise<number> {
  const names = Object.keys(files).map((path) => basename(path))
  const namesAFile = (text: string) => names.some((name) => text.includes(name))
  const folder = mkdtempSync(join(tmpdir(), 'damaged-'))
  let readable = 0
  let version = 0
  writeFiles(folder, files)
  try {
    for (const bytes of mutationsOf(Buffer.from(files[damaged]!), count, seed)) {
      const what = `version ${version++} of ${damaged} (seed ${seed})`
      writeFiles(folder, { [damaged]: bytes })
      try {
        expectSound(await readDataset(format, folder, options), namesAFile, what)
        readable++
      } catch (error) {
        if (!(error instanceof AppError)) throw new Error(`${what} ended with ${String(error)}`, { cause: error })
        expect(['invalid-dataset', 'ambiguous-dataset'], `${what}: ${error.message}`).toContain(error.code)
        expect(namesAFile(error.message) || error.message.includes(folder), `${what}: ${error.message}`).toBe(true)
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return readable
}

function expectSound(
  { images, problems, seen, accounted }: ReadDataset,
  namesAFile: (text: string) => boolean,
  what: string,
): void {
  if (accounted !== seen) throw new Error(`${what}: ${seen} objects seen, ${accounted} accounted for`)
  for (const { file, reason } of problems) if (!namesAFile(file) || reason === '') throw new Error(`${what}: ${file} ${reason}`)
  for (const { objects } of images)
    for (const { box } of objects)
      if (!Object.values(box).every(Number.isFinite)) throw new Error(`${what}: ${JSON.stringify(box)}`)
  if (JSON.stringify(problems).length > MODEST_SIZE) throw new Error(`${what}: the report is too long to read`)
}
