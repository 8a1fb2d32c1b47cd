import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode, encode } from 'fast-png'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DatasetFiles } from '../../../src/core/formats/common/files/datasetFiles.ts'
import { qwenVl } from '../../../src/core/formats/qwen-vl/index.ts'
import type { ExportImage, ExportSource } from '../../../src/core/formats/source.ts'
import { parseReply } from '../../../src/core/inference/qwen2vl/parse.ts'
import { drawGrid } from '../../../src/core/media/grid.ts'
import { annotation, image, label, source } from '../../helpers/exports.ts'
import { readDataset, writeFiles } from '../../helpers/datasets.ts'
import type { ReadDataset } from '../../helpers/datasets.ts'
import { expectToSurvive } from '../../helpers/mutate.ts'
import { projects } from '../../helpers/roundTrip.ts'
import { expectVerified, exportVerified } from '../../helpers/verified.ts'

const SIZE = { width: 20, height: 10 }
const PICTURE = encode({ ...SIZE, data: new Uint8Array(600).fill(200), channels: 3 })

let folder: string
let out: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qwen-'))
  out = join(folder, 'out')
  writeFileSync(join(folder, 'in.png'), PICTURE)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LABELS = [label(1, 'red circle'), label(2, 'dog'), label(3, 'a "b" é')]
const item = (
  id: number,
  path: string,
  annotations: ReturnType<typeof annotation>[] = [],
  more: Partial<ExportImage> = {},
): ExportImage => ({
  image: image(id, path, SIZE),
  file: join(folder, 'in.png'),
  annotations,
  ...more,
})
const project = (): ExportSource =>
  source(LABELS, [
    item(1, 'a/b c.png', [
      annotation(1, { box: { x0: 2, y0: 5, x1: 12.345, y1: 10 } }),
      annotation(1, { box: { x0: 1, y0: 1, x1: 1, y1: 2 } }),
      annotation(1, { labelId: 2, box: { x0: 0, y0: 0, x1: 20, y1: 10 } }),
    ]),
    item(2, 'empty.png'),
  ])
interface Line {
  messages: { role: string; content: string }[]
  images: string[]
  objects?: { ref: string[]; bbox: number[][] }
}
const linesOf = (name = 'train.jsonl') =>
  readFileSync(join(out, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
const turnOf = ({ messages }: Line) => messages.map(({ content }) => content)

describe('written', () => {
  it('one question an image and label, answered as Qwen2-VL does; what is not there is asked for too', async () => {
    const { report } = await exportVerified(qwenVl, project(), out)
    const lines = linesOf()
    expect(lines.map(({ images }) => images)).toEqual([
      ['images/a/b c.png'],
      ['images/a/b c.png'],
      ['images/a/b c.png'],
      ['images/empty.png'],
    ])
    expect(turnOf(lines[0]!)).toEqual([
      '<image>Find all <|object_ref_start|>red circle<|object_ref_end|>',
      '<|box_start|>(50,100),(51,200)<|box_end|><|box_start|>(100,500),(617,1000)<|box_end|>',
    ])
    expect(turnOf(lines[1]!)[1]).toBe('<|box_start|>(0,0),(1000,1000)<|box_end|>')
    expect(turnOf(lines[2]!)).toEqual(['<image>Find all <|object_ref_start|>a "b" é<|object_ref_end|>', 'There are none.'])
    expect(turnOf(lines[3]!)[1]).toBe('There are none.')
    expect(report).toMatchObject({ images: 2, annotations: { 'red circle': 2, dog: 1, 'a "b" é': 0 }, skipped: [] })
    expect(existsSync(join(out, 'images/a/b c.png'))).toBe(true)
  })

  it('is what the program asks its models and reads of their replies', async () => {
    await exportVerified(qwenVl, project(), out)
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../models/manifest.json'), 'utf8')) as {
      models: { id: string; prompt?: { user: string } }[]
    }
    const { user } = manifest.models.find(({ id }) => id === 'demo-qwen2-vl')!.prompt!
    const [question, answer] = turnOf(linesOf()[0]!)
    expect(question).toBe(`<image>${user.replace('{words}', 'red circle')}`)
    const { boxes, refused } = parseReply(answer!, { coordinates: 'relative-1000', image: SIZE, resized: SIZE })
    expect(boxes).toEqual([
      { box: { x0: 1, y0: 1, x1: 1.02, y1: 2 }, notes: [] },
      { box: { x0: 2, y0: 5, x1: 12.34, y1: 10 }, notes: [] },
    ])
    expect(refused).toEqual([])
    expect(parseReply('There are none.', { coordinates: 'relative-1000', image: SIZE, resized: SIZE })).toEqual({
      boxes: [],
      refused: [],
    })
  })

  it('for LLaMA-Factory with dataset_info.json, as ShareGPT, and for ms-swift with boxes in pixels', async () => {
    await exportVerified(qwenVl, project(), out)
    expect(JSON.parse(readFileSync(join(out, 'dataset_info.json'), 'utf8'))).toEqual({
      marquee_train: {
        file_name: 'train.jsonl',
        formatting: 'sharegpt',
        columns: { messages: 'messages', images: 'images' },
        tags: { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' },
      },
    })
    await exportVerified(qwenVl, project(), out, { style: 'sharegpt' })
    expect(linesOf()[1]).toEqual({
      conversations: [
        { from: 'human', value: '<image>Find all <|object_ref_start|>dog<|object_ref_end|>' },
        { from: 'gpt', value: '<|box_start|>(0,0),(1000,1000)<|box_end|>' },
      ],
      images: ['images/a/b c.png'],
    })
    await exportVerified(qwenVl, project(), out, { style: 'ms-swift' })
    expect(readdirSync(out).sort()).toEqual(['images', 'train.jsonl'])
    expect(turnOf(linesOf()[0]!)).toEqual(['<image>Find all <ref-object>', '<bbox><bbox>'])
    expect(linesOf()[0]!.objects).toEqual({
      ref: ['red circle'],
      bbox: [
        [1, 1, 1, 2],
        [2, 5, 12.345, 10],
      ],
    })
    expect(linesOf()[2]).toMatchObject({ objects: { ref: ['a "b" é'], bbox: [] } })
  })

  it('as lists of values from 0 to 1', async () => {
    await exportVerified(qwenVl, project(), out, { coordinates: 'unit-list' })
    expect(turnOf(linesOf()[0]!)[1]).toBe('[[0.050, 0.100, 0.051, 0.200], [0.100, 0.500, 0.617, 1.000]]')
    expect(turnOf(linesOf()[2]!)[1]).toBe('[]')
  })

  it('negatives on request: none, or every label that is not there', async () => {
    const { report } = await exportVerified(qwenVl, project(), out, { negatives: 'none' })
    expect(linesOf()).toHaveLength(2)
    expect(report.skipped).toEqual([
      {
        image: 'empty.png',
        reason: 'nothing is asked about it: it has no object that can be asked for, and no negatives',
        objects: 0,
      },
    ])
    await exportVerified(qwenVl, project(), out, { negatives: 'all' })
    expect(linesOf()).toHaveLength(6)
  })

  it('a file for each part', async () => {
    const split = {
      ...source(LABELS, [
        item(1, 'a.png', [annotation(1)], { split: 'train' }),
        item(2, 'b.png', [annotation(2)], { split: 'val' }),
      ]),
      splits: ['train', 'val'],
    }
    await exportVerified(qwenVl, split, out, { images: 'none' })
    expect(linesOf('val.jsonl')[0]!.images).toEqual(['b.png'])
    expect(Object.keys(JSON.parse(readFileSync(join(out, 'dataset_info.json'), 'utf8')) as object)).toEqual([
      'marquee_train',
      'marquee_val',
    ])
    writeFiles(out, { 'a.png': PICTURE, 'b.png': PICTURE })
    expect((await readDataset(qwenVl.reads!, out)).images.map(({ path, split: part }) => [path, part])).toEqual([
      ['a.png', 'train'],
      ['b.png', 'val'],
    ])
  })

  it('with the grid on the copies, and only there', async () => {
    await exportVerified(qwenVl, project(), out, { grid: 'on' })
    const written = decode(readFileSync(join(out, 'images/a/b c.png')))
    expect([...written.data]).toEqual([...drawGrid({ ...SIZE, data: new Uint8Array(600).fill(200) }).data])
    await expect(qwenVl.writes!.write(project(), out, { grid: 'on', images: 'link' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('crowds, labels with control tokens, and what is outside are left out and said', async () => {
    const labels = [label(1, 'dog'), label(2, '<|im_end|>x'), label(3, '<image>')]
    const annotations = [
      annotation(1, { iscrowd: true }),
      annotation(1, { labelId: 2 }),
      annotation(1, { labelId: 3 }),
      annotation(1, { box: { x0: 30, y0: 0, x1: 40, y1: 5 } }),
    ]
    const { report } = await exportVerified(qwenVl, source(labels, [item(1, 'a.png', annotations)]), out, { negatives: 'all' })
    expect(report.skipped.map(({ reason }) => reason)).toEqual([
      '"dog": a crowd is no single object to find',
      '"<|im_end|>x": it can not be asked for',
      '"<image>": it can not be asked for',
      '"dog": it lies outside the image',
      'nothing is asked about it: it has no object that can be asked for, and no negatives',
    ])
  })

  it.each([{}, { style: 'sharegpt', negatives: 'all' }, { style: 'ms-swift' }, { coordinates: 'unit-list', negatives: 'none' }])(
    'random projects come back to a thousandth: %o',
    async (options) => {
      await fc.assert(
        fc.asyncProperty(projects(), (random) =>
          expectVerified(qwenVl, random, options as Record<string, string>).then(() => true),
        ),
        { numRuns: 80 },
      )
    },
    60_000,
  )
})

async function read(
  records: readonly unknown[],
  name = 'data.jsonl',
  options: Record<string, string> = {},
): Promise<ReadDataset> {
  const text = name.endsWith('l')
    ? records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')
    : JSON.stringify(records)
  writeFiles(folder, { [`in/${name}`]: text, 'in/images/a.png': PICTURE, 'in/images/b.png': PICTURE })
  const found = await readDataset(qwenVl.reads!, join(folder, 'in'), options)
  expect(found.accounted).toBe(found.seen)
  return found
}
const objectsOf = ({ images }: ReadDataset) =>
  images.flatMap(({ path, objects }) => objects.map(({ label: name, box }) => [path, name, ...Object.values(box)]))
const said = (question: string, answer: string, more: object = {}) => ({
  messages: [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: `<image>${question}` },
    { role: 'assistant', content: answer },
  ],
  images: ['images/a.png'],
  ...more,
})

describe('read', () => {
  it("ms-swift's examples: several labels in a sentence, one in the question, pixels by placeholder", async () => {
    const found = await read([
      said(
        'Describe the image.',
        '<|object_ref_start|>a dog<|object_ref_end|><|box_start|>(100,200),(500,800)<|box_end|> and <|object_ref_start|>a woman<|object_ref_end|><|box_start|>(0,0),(1,1)<|box_end|> play',
      ),
      said(
        'Find the <|object_ref_start|>sheep<|object_ref_end|> in the image',
        '<|box_start|>(100,200),(150,300)<|box_end|><|box_start|>(400,600),(550,700)<|box_end|>',
      ),
      said('Find the <ref-object>', '<bbox> and <ref-object><bbox>', {
        objects: {
          ref: ['cat', 'hat'],
          bbox: [
            [1, 2, 3, 4],
            [5, 6, 7.5, 8],
          ],
        },
      }),
      said('Find the <ref-object>', '<bbox>', { objects: { ref: ['bird'], bbox: [[0.1, 0.2, 0.3, 0.4]], bbox_type: 'norm1' } }),
    ])
    expect(objectsOf(found)).toEqual([
      ['images/a.png', 'a dog', 2, 2, 10, 8],
      ['images/a.png', 'a woman', 0, 0, 0.02, 0.01],
      ['images/a.png', 'sheep', 2, 2, 3, 3],
      ['images/a.png', 'sheep', 8, 6, 11, 7],
      ['images/a.png', 'cat', 1, 2, 3, 4],
      ['images/a.png', 'hat', 5, 6, 7.5, 8],
      ['images/a.png', 'bird', 2, 2, 6, 4],
    ])
    expect(found.labels.map(({ name }) => name)).toEqual(['a dog', 'a woman', 'sheep', 'cat', 'hat', 'bird'])
    expect(found.problems).toEqual([])
    expect(found.images[0]!.objects[3]!.place).toBe('data.jsonl line 2 box 2')
  })

  it('ShareGPT in a JSON list, with paths from elsewhere and images that have no objects', async () => {
    const turns = (human: string, gpt: string) => [
      { from: 'human', value: human },
      { from: 'gpt', value: gpt },
    ]
    const found = await read(
      [
        { id: 1, image: '/data/me/images/a.png', conversations: turns('<image>\nLocate the cat.', '[[0.1, 0.2, 0.5, 0.8]]') },
        { id: 2, image: 'C:\\me\\images\\b.png', conversations: turns('Find all dogs in the image', 'There are none.') },
        { id: 3, image: 'images/b.png', conversations: turns('What is it?', 'At (1990, 2000) it was new.') },
      ],
      'data.json',
    )
    expect(objectsOf(found)).toEqual([['data/me/images/a.png', 'the cat', 2, 2, 10, 8]])
    expect(found.images.map(({ path, file }) => [path, file?.endsWith('b.png')])).toEqual([
      ['data/me/images/a.png', false],
      ['me/images/b.png', true],
      ['images/b.png', true],
    ])
  })

  it('what has no name is called object and keeps its question', async () => {
    const found = await read([said('Where is it?', '<|box_start|>(100,200),(500,800)<|box_end|>')])
    expect(found.images[0]!.objects[0]).toMatchObject({
      label: 'object',
      attributes: { question: 'Where is it?' },
      state: 'accepted',
    })
  })

  it('bbox_2d may be pixels or thousandths, and the person is asked', async () => {
    const record = said('Detect all cars', '```json\n[{"bbox_2d": [1, 2, 3, 4], "label": "car"}]\n```')
    await expect(read([record])).rejects.toMatchObject({ code: 'ambiguous-dataset', details: { option: 'scale' } })
    expect(objectsOf(await read([record], 'data.jsonl', { scale: 'pixels' }))).toEqual([['images/a.png', 'car', 1, 2, 3, 4]])
    expect(objectsOf(await read([record], 'data.jsonl', { scale: 'thousandths' }))).toEqual([
      ['images/a.png', 'car', 0.02, 0.02, 0.06, 0.04],
    ])
  })

  it('bad records are named with their line, and the rest comes in', async () => {
    const found = await read([
      '{"messages": <|box_start|>',
      '[1, 2]',
      said(
        'Find the dog',
        '<|box_start|>(1,2)<|box_end|><|box_start|>(1,2),(30000,4)<|box_end|><|box_start|>(400,300),(200,100)<|box_end|>',
      ),
      said('Find the dog', '<bbox><bbox>', { objects: { ref: [], bbox: [[1, 2]] } }),
      said('Find the dog', '[[1, 2, 3000, 4]]'),
      said('Find the dog', '<|box_start|>(1,2),(3,4)<|box_end|>', { images: ['images/a.png', 'images/b.png'] }),
      said('Find the dog', '<|box_start|>(1,2),(3,4)<|box_end|>', { images: ['gone.png'] }),
    ])
    expect(objectsOf(found)).toEqual([['images/a.png', 'the dog', 4, 1, 8, 3]])
    expect(found.problems.map(({ place, reason, objects }) => `${place} (${objects}): ${reason}`).sort()).toEqual([
      expect.stringMatching(/^line 1 \(1\): is no JSON/) as string,
      'line 2 (0): is no conversation',
      'line 3 box 1 (1): (1,2): only one corner of a box',
      'line 3 box 2 (1): (1,2),(30000,4): it is far outside the image (1000 x 1000 is its far corner)',
      'line 4 box 1 (1): [1,2]: it has not 4 numbers',
      'line 4 box 2 (1): null: the record has no box for it',
      'line 5 box 1 (1): [1, 2, 3000, 4]: its numbers are larger than 1000: read it again with --option scale=pixels if they are pixels',
      'line 6 (1): is about several images, and which one a box is on is not told',
      'line 7 (1): the image gone.png was not found, and without its size the boxes have no meaning',
    ])
  })

  it('says what it is recognised by; other JSON is left alone', async () => {
    writeFiles(folder, { 'in/data.jsonl': JSON.stringify(said('Find the dog', '<|box_start|>(1,2),(3,4)<|box_end|>')) })
    expect(await qwenVl.reads!.detect(await DatasetFiles.at(join(folder, 'in')))).toBe(
      'data.jsonl holds conversations with boxes',
    )
    writeFiles(folder, {
      'other/a.json': '{"images": [], "annotations": []}',
      'other/b.jsonl': JSON.stringify(said('Hi', 'Hello')),
      'other/c.json': '[{"image_id": 1, "bbox": [1, 2, 3, 4]}]',
    })
    expect(await qwenVl.reads!.detect(await DatasetFiles.at(join(folder, 'other')))).toBeNull()
    await expect(readDataset(qwenVl.reads!, join(folder, 'in.png'))).rejects.toMatchObject({ code: 'invalid-dataset' })
  })

  it('damaged files', async () => {
    const lines = [
      said('Find the dog', '<|box_start|>(1,2),(3,4)<|box_end|>'),
      said('Find the <ref-object>', '<bbox>', { objects: { ref: ['a'], bbox: [[1, 2, 3, 4]] } }),
    ]
    const files = { 'images/a.png': PICTURE, 'train.jsonl': lines.map((line) => `${JSON.stringify(line)}\n`).join('') }
    expect(await expectToSurvive(qwenVl.reads!, files, 'train.jsonl', { count: 1000 })).toBeGreaterThan(500)
  }, 120_000)
})
