/** What pandas, PIL, OpenCV and the trainers of Qwen2-VL make of our exports; where they are not installed, what they made of the same files before. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv } from '../../../src/core/formats/csv/index.ts'
import type { Format } from '../../../src/core/formats/dataset.ts'
import { masks } from '../../../src/core/formats/masks/index.ts'
import { qwenVl } from '../../../src/core/formats/qwen-vl/index.ts'
import type { ExportSource } from '../../../src/core/formats/source.ts'
import { DONUT, SOLID, annotation, image, label, maskOf } from '../../helpers/exports.ts'
import { pythonWith } from '../../helpers/python.ts'
import { exportVerified } from '../../helpers/verified.ts'

const GOLDEN = join(import.meta.dirname, '../../golden/formats')
const WRITES = process.env['MARQUEE_GOLDEN'] === 'write'

interface Reading {
  readonly name: string
  readonly format: Format
  readonly options: Readonly<Record<string, string>>
  readonly script: readonly string[]
  /** What Python has to have for it. */
  readonly modules: readonly string[]
}

const mask = (kind: string): Reading => ({ name: `masks/${kind}`, format: masks, options: { kind }, script: ['check_masks.py'], modules: ['PIL', 'cv2'] })
const chat = (tool: string, options: Record<string, string>): Reading => ({ name: `qwen-vl/${[...Object.values(options), tool].join('-')}`, format: qwenVl, options, script: ['check_qwen_vl.py', tool], modules: [...new Set(['datasets', tool])] })
const READINGS: readonly Reading[] = [
  { name: 'csv', format: csv, options: {}, script: ['check_csv.py'], modules: ['pandas', 'pycocotools'] },
  ...['objects', 'labels', 'index'].map(mask),
  ...['llama-factory', 'sharegpt', 'ms-swift'].map((style) => chat('datasets', { style })),
  chat('llamafactory', { style: 'llama-factory' }),
  chat('llamafactory', { style: 'sharegpt', coordinates: 'unit-list' }),
  chat('swift', { style: 'ms-swift' }),
]

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'data-readers-'))
  await sharp({ create: { width: 8, height: 6, channels: 3, background: '#336699' } }).png().toFile(join(folder, 'in.png'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Ids and z are what they are whichever test made annotations before. `isPainted`: everything has pixels, as unions need it. */
function project(isPainted: boolean): ExportSource {
  let serial = 0
  const made = (more: object) => annotation(1, { id: `00000000-0000-4000-8000-${String(++serial).padStart(12, '0')}`, z: serial, ...more })
  const boxes = [
    made({ box: { x0: 0.5, y0: 1, x1: 3.25, y1: 2 }, occluded: true, attributes: { n: 2, wet: true, kind: 'a, "b"\nc' }, group: 7 }),
    made({ box: { x0: 0, y0: 0, x1: 8, y1: 6 }, labelId: 3, score: 0.5, state: 'proposed' }),
  ]
  const shapes = [
    made({ ...maskOf(SOLID), box: { x0: 0, y0: 1, x1: 8, y1: 6 }, iscrowd: true, labelId: 4 }),
    made({ ...maskOf(DONUT), box: { x0: 1, y0: 1, x1: 7, y1: 5 }, labelId: 2 }),
    made({ polygon: [[1, 1, 5, 1, 5, 4.5]], box: { x0: 1, y0: 1, x1: 5, y1: 4.5 }, truncated: true }),
  ]
  const items = [
    { path: 'a/b, c.png', split: 'train', annotations: shapes },
    { path: 'empty.png', split: 'train', annotations: [] },
    { path: '图 é.png', split: 'val', annotations: isPainted ? [made({ ...maskOf(SOLID), box: { x0: 0, y0: 1, x1: 8, y1: 6 }, labelId: 3 })] : boxes },
  ]
  return {
    labels: [label(1, 'red circle'), label(2, '=1+1, "c"'), label(3, 'ключ'), label(4, 'b')],
    splits: ['train', 'val'],
    images: () => items.map(({ path, ...item }, n) => ({ ...item, image: image(n + 1, path), file: join(folder, 'in.png') })),
  }
}

async function write({ name, format, options }: Reading): Promise<string> {
  const out = join(folder, name === 'csv' ? 'out.csv' : name.replace('/', '-'))
  await exportVerified(format, project(/^masks.(labels|index)$/.test(name)), out, options)
  return out
}

/** Text files by path; of a file alone ''. */
function textsIn(out: string): Record<string, string> {
  const paths = statSync(out).isFile() ? [''] : (readdirSync(out, { recursive: true }) as string[]).sort()
  const texts = paths.filter((path) => statSync(join(out, path)).isFile() && !path.endsWith('.png'))
  return Object.fromEntries(texts.map((path) => [path, readFileSync(join(out, path), 'utf8')]))
}

function goldenOf<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(join(GOLDEN, name, file), 'utf8')) as T
}

function keepGolden(name: string, file: string, value: unknown): void {
  mkdirSync(join(GOLDEN, name), { recursive: true })
  writeFileSync(join(GOLDEN, name, file), `${JSON.stringify(value, null, 1)}\n`)
}

interface MaskReading {
  readonly files: Record<string, { mode: string; size: number[]; rows: string[]; cv2: unknown[]; palette?: number[][]; colours?: number }>
  readonly pixels: Record<string, number>
}

describe.each(READINGS)('$name', (reading) => {
  const { name, script, modules } = reading
  const python = pythonWith(...modules)

  it('is written as the files that the tool was given', async () => {
    const texts = textsIn(await write(reading))
    if (WRITES) keepGolden(name, 'export.json', texts)
    expect(texts).toEqual(goldenOf(name, 'export.json'))
  })

  it.skipIf(python === null)(`is read by the tool as committed (skipped where no Python has ${modules.join(' and ')}; see MARQUEE_PYTHON)`, async () => {
    const [file, ...args] = script
    const answer = JSON.parse(execFileSync(python!, [join(GOLDEN, file!), ...args, await write(reading)], { encoding: 'utf8' })) as unknown
    if (WRITES) keepGolden(name, 'readers.json', answer)
    expect(answer).toEqual(goldenOf(name, 'readers.json'))
  }, 120_000)
})

it.each(['objects', 'labels', 'index'].map(mask))('$name: the pictures are those that PIL was given', async (reading) => {
  const out = await write(reading)
  const written = (readdirSync(join(out, 'masks'), { recursive: true }) as string[]).filter((path) => path.endsWith('.png')).map((path) => `masks/${path}`)
  const { files } = goldenOf<MaskReading>(reading.name, 'readers.json')
  expect(written.sort()).toEqual(Object.keys(files).sort())
  for (const [path, { rows, palette, size, mode }] of Object.entries(files)) {
    const png = decode(readFileSync(join(out, path)))
    const lines = Array.from({ length: png.height }, (_, y) => [...png.data.subarray(y * png.width, (y + 1) * png.width)].join(' '))
    expect({ size: [png.width, png.height], depth: png.depth, channels: png.channels, lines }).toEqual({ size, depth: 8, channels: 1, lines: rows })
    expect([0, 1, 2, 3, 255].flatMap((n) => (png.palette ? [png.palette[n]!.slice(0, 3)] : []))).toEqual(palette ?? [])
    expect(mode).toBe(palette ? 'P' : 'L')
  }
})

describe('what they read is what the project holds', () => {
  it('pandas: columns without the byte order mark, counts, boxes, numbers as numbers, masks to the pixel', () => {
    const read = goldenOf<{ columns: string[]; counts: object; boxes: unknown[]; images: object; numbers: object; masks: unknown[]; polygons: unknown[]; attributes: unknown[] }>('csv', 'readers.json')
    expect(read.columns.slice(0, 8)).toEqual(['image', 'width', 'height', 'split', 'label', 'x0', 'y0', 'x1'])
    // The apostrophe keeps a spreadsheet from running it.
    expect(read.counts).toEqual({ 'red circle': 2, "'=1+1, \"c\"": 1, ключ: 1, b: 1 })
    expect(read.images).toEqual({ 'a/b, c.png': [8, 6, 'train'], 'empty.png': [8, 6, 'train'], '图 é.png': [8, 6, 'val'] })
    expect(read.boxes).toContainEqual(['图 é.png', 'red circle', 0.5, 1, 3.25, 2])
    expect(new Set(Object.values(read.numbers))).toEqual(new Set([true]))
    expect(read.masks).toEqual([11, 14, null, null, null])
    expect(read.polygons).toEqual([[[1, 1, 5, 1, 5, 4.5]]])
    expect(read.attributes).toEqual([{ n: 2, wet: true, kind: 'a, "b"\nc' }])
  })

  it('PIL and OpenCV: as many pixels of each label as drawn; in index maps what lies higher covers', () => {
    const pixelsOf = (kind: string) => goldenOf<MaskReading>(`masks/${kind}`, 'readers.json').pixels
    expect(pixelsOf('objects')).toEqual({ b: 11, "'=1+1, \"c\"": 14, 'red circle': expect.any(Number) as number })
    expect(pixelsOf('labels')).toEqual({ ...pixelsOf('objects'), ключ: 11 })
    const { files, pixels } = goldenOf<MaskReading>('masks/index', 'readers.json')
    expect(pixels['red circle']).toBe(pixelsOf('labels')['red circle'])
    expect(pixels['b']! + pixels["'=1+1, \"c\""]!).toBeLessThan(11 + 14)
    expect(Object.values(files).map(({ mode, cv2 }) => [mode, ...cv2])).toEqual(Array(3).fill(['P', 'uint8', 6, 8, 3]))
    expect(Object.values(files)[0]!.palette!.slice(0, 4)).toEqual([[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]])
  })

  it('Hugging Face datasets: each part with its rows, whichever style', () => {
    for (const style of ['llama-factory', 'sharegpt', 'ms-swift']) {
      const parts = goldenOf<Record<string, { columns: string[]; rows: { images: string[] }[] }>>(`qwen-vl/${style}-datasets`, 'readers.json')
      expect(Object.keys(parts)).toEqual(['train', 'val'])
      expect(new Set(parts['train']!.rows.flatMap(({ images }) => images))).toEqual(new Set(['images/a/b, c.png', 'images/empty.png']))
      expect(parts['val']!.columns).toEqual(style === 'sharegpt' ? ['conversations', 'images'] : style === 'ms-swift' ? ['images', 'messages', 'objects'] : ['images', 'messages'])
    }
  })

  it('LLaMA-Factory: a question and an answer each, with a picture that it finds', () => {
    const parts = goldenOf<Record<string, { prompt: { role: string; content: string }[]; response: { role: string; content: string }[]; images: string[] }[]>>('qwen-vl/llama-factory-llamafactory', 'readers.json')
    expect(Object.keys(parts)).toEqual(['marquee_train', 'marquee_val'])
    expect(parts['marquee_val']).toContainEqual({
      prompt: [{ role: 'user', content: '<image>Find all <|object_ref_start|>red circle<|object_ref_end|>' }],
      response: [{ role: 'assistant', content: '<|box_start|>(63,167),(406,333)<|box_end|>' }],
      images: ['images/图 é.png'],
    })
    const lists = goldenOf<typeof parts>('qwen-vl/sharegpt-unit-list-llamafactory', 'readers.json')
    expect(lists['marquee_val']!.map(({ response }) => response[0]!.content)).toContain('[[0.063, 0.167, 0.406, 0.333]]')
  })

  it("ms-swift: boxes in pixels become Qwen2-VL's own tokens, the same as LLaMA-Factory is given", () => {
    const swift = goldenOf<Record<string, { images: string[]; said: string }[]>>('qwen-vl/ms-swift-swift', 'readers.json')
    const factory = goldenOf<Record<string, { prompt: { content: string }[]; response: { content: string }[] }[]>>('qwen-vl/llama-factory-llamafactory', 'readers.json')
    const numbersIn = (text: string) => [...text.matchAll(/(?<=[(,])\d+(?=[,)])/g)].map(([number]) => Number(number))
    for (const part of ['train', 'val']) {
      const wanted = factory[`marquee_${part}`]!.map(({ prompt, response }) => prompt[0]!.content + response[0]!.content)
      const said = swift[part]!.map((row) => row.said)
      expect(said.map((text) => text.replace(/\d+/g, '#'))).toEqual(wanted.map((text) => text.replace(/\d+/g, '#')))
      // 62.5 is 63 here and, as Python rounds, 62 there.
      said.flatMap(numbersIn).forEach((number, n) => expect(Math.abs(number - wanted.flatMap(numbersIn)[n]!)).toBeLessThanOrEqual(1))
      expect(said.flatMap(numbersIn).length).toBeGreaterThan(7)
    }
    expect(swift['val']![0]!.said).toBe('<image>Find all <|object_ref_start|>red circle<|object_ref_end|><|box_start|>(62,167),(406,333)<|box_end|>')
  })
})
