/** Small files that claim to be huge: they end with words, and memory stays what a program of this size takes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importDataset } from '../../../src/core/services/importing/importDataset.ts'
import type { ImportReport } from '../../../src/core/services/importing/importReport.ts'
import { openProject } from '../../../src/core/store/project.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { writeFiles } from '../../helpers/datasets.ts'
import type { FileContents } from '../../helpers/datasets.ts'
import { PLAIN_WAYS, importWish, sendOut } from '../../helpers/serviceTrips.ts'
import { PICTURE, PLAIN, SMALL_FILES } from '../../helpers/smallFiles.ts'

/** MB of memory that may come on top at the most moment of a test. */
const MODEST = 700

const root = mkdtempSync(join(tmpdir(), 'huge-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let project: Project
let before: number
const most = () => process.resourceUsage().maxRSS / 1024
beforeEach(async () => {
  project = await openProject(join(mkdtempSync(join(root, 'project-')), 'p.marquee'), { create: true })
  before = most()
})
afterEach(() => {
  project.close()
  expect(most() - before).toBeLessThan(MODEST)
})

/** The report, or the words it was refused with; other errors are the test's. */
async function bring(format: string, files: FileContents): Promise<ImportReport | string> {
  const folder = mkdtempSync(join(root, 'set-'))
  writeFiles(folder, files)
  try {
    const report = await importDataset(project, importWish(folder, { format, missing: 'keep' }))
    expect(report.objects.added + report.objects.known + report.objects.leftOut).toBe(report.objects.seen)
    return report
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).toBe('invalid-dataset')
    return error.message
  }
}

/** What was said, and of which file. */
const said = (answer: ImportReport | string) => (typeof answer === 'string' ? answer : answer.problems.map(({ file, place, reason }) => `${file} ${place}: ${reason}`).join('\n'))

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

/** A PNG of one bit a pixel, all of it 0; `rows` of it are there. */
function png(side: number, rows: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const data = deflateSync(Buffer.alloc(rows * (1 + Math.ceil(side / 8))))
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

const entities = (what: string) => `<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x0 "${what}">${Array.from({ length: 30 }, (_, n) => `<!ENTITY x${n + 1} "${`&x${n};`.repeat(10)}">`).join('')}<!ENTITY f SYSTEM "file:///etc/passwd">]>\n`

describe('XML', () => {
  it.each(['voc', 'cvat'])('entities of %s are not read, and nothing outside the file', async (format) => {
    const { file, files } = SMALL_FILES[format]!
    for (const entity of ['&x30;', '&f;']) {
      const text = String(files({ ...PLAIN, label: 'LABEL' })[file]).replace(/^<\?xml[^>]*>/, '').replace('LABEL', entity)
      expect(said(await bring(format, { 'a.png': PICTURE, [file]: entities('ha') + text }))).toMatch(new RegExp(`${file.split('/').at(-1)!}.*(DOCTYPE|document type)`))
    }
    expect(project.labels.list().map(({ name }) => name).join()).not.toMatch(/root:|haha/)
  })

  it("entities of Label Studio's configuration are not read, its tasks are", async () => {
    const { file, files } = SMALL_FILES['label-studio']!
    const answer = await bring('label-studio', { 'a.png': PICTURE, [file]: files(PLAIN)[file]!, 'labeling_config.xml': `${entities('ha')}<View><RectangleLabels name="l" toName="i"><Label value="&x30;"/></RectangleLabels></View>` })
    expect(said(answer)).toContain('the labeling configuration was not used: labeling_config.xml line 2: a document type (<!DOCTYPE>) is not read')
    expect(answer).toMatchObject({ objects: { added: 1, leftOut: 0 } })
    expect(project.labels.list().map(({ name }) => name)).toEqual(['cat'])
  })
})

describe('a PNG', () => {
  const masks: Readonly<Record<string, string>> = { masks: 'masks/a.png', 'coco-panoptic': 'panoptic/a.png', voc: 'SegmentationObject/a.png' }

  it.each(Object.entries(masks))('of %s that says it is larger than any picture is a problem', async (format, path) => {
    const files = { 'a.png': PICTURE, ...SMALL_FILES[format]!.files(PLAIN), ...(format === 'voc' && { 'SegmentationClass/a.png': png(100_000, 1) }), [path]: png(100_000, 1) }
    expect(said(await bring(format, files))).toContain('a.png')
  })

  it.each(Object.entries(masks))('of %s that is a bomb is a problem', async (format, path) => {
    const bomb = png(40_000, 40_000)
    expect(bomb.length).toBeLessThan(2 ** 18)
    const files = { 'a.png': PICTURE, ...SMALL_FILES[format]!.files(PLAIN), ...(format === 'voc' && { 'SegmentationClass/a.png': bomb }), [path]: bomb }
    expect(said(await bring(format, files))).toContain('a.png')
  })

  it("in a LabelMe file that is a bomb is a problem, as mask and as picture", async () => {
    const bomb = png(40_000, 40_000).toString('base64')
    const shape = { label: 'cat', points: [[0, 0], [19, 9]], shape_type: 'mask', mask: bomb, flags: {} }
    const file = { version: '5', flags: {}, shapes: [shape], imagePath: 'a.png', imageData: null as string | null, imageWidth: 20, imageHeight: 10 }
    expect(said(await bring('labelme', { 'a.png': PICTURE, 'a.json': JSON.stringify(file) }))).toContain('a.json')
    await bring('labelme', { 'b.json': JSON.stringify({ ...file, imagePath: 'b.png', imageData: bomb }) })
  })
})

describe('a mask of 100 000 x 100 000 pixels', () => {
  const side = '100000'
  const claims: Readonly<Record<string, [format: string, from: string, to: string]>> = {
    'COCO, list': ['coco', '[[2,3,6,3,6,8]]', '{"size":[100000,100000],"counts":[0,10000000000]}'],
    'COCO, string': ['coco', '[[2,3,6,3,6,8]]', '{"size":[100000,100000],"counts":"0PPPPX9"}'],
    CVAT: ['cvat', '<box label="cat" xtl="2" ytl="3" xbr="6" ybr="8"', `<mask label="cat" rle="0, 10000000000" left="0" top="0" width="${side}" height="${side}"`],
    'Label Studio': ['label-studio', '"type":"rectanglelabels"', '"type":"brushlabels"'],
  }
  it.each(Object.entries(claims))('%s: left out with words', async (_, [format, from, to]) => {
    const { file, files } = SMALL_FILES[format]!
    const text = String(files({ ...PLAIN, path: 'gone.png', width: side, height: side })[file])
    const changed = text.replace(from, to).replace(/"value":\{.*?\}/, '"value":{"format":"rle","rle":[0,2,84,11,64,28,163,255,255,255,255,0],"brushlabels":["cat"]}')
    expect(changed).not.toBe(text)
    const answer = await bring(format, { [file]: changed })
    expect(answer).toMatchObject({ objects: { seen: 1, leftOut: 1 } })
    expect(said(answer)).toContain(file)
  })
})

it('a box on an image of that size goes out in every format or is refused with words', async () => {
  const { file, files } = SMALL_FILES['coco']!
  const text = String(files({ ...PLAIN, path: 'gone.png', width: '100000', height: '100000' })[file])
  expect(await bring('coco', { [file]: text.replace('[[2,3,6,3,6,8]]', '[]') })).toMatchObject({ objects: { added: 1 } })
  for (const way of PLAIN_WAYS) {
    await sendOut(project, way, root).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw new Error(`${way.name} ended with ${String(error)}`, { cause: error })
    })
  }
})

it('a thousand categories come in, one by one', async () => {
  const categories = Array.from({ length: 1000 }, (_, id) => `{"id":${id + 2},"name":"c${id}"}`).join()
  const text = String(SMALL_FILES['coco']!.files(PLAIN)['instances.json']).replace('"categories":[', `"categories":[${categories},`)
  expect(await bring('coco', { 'a.png': PICTURE, 'instances.json': text })).toMatchObject({ objects: { added: 1 } })
  expect(project.labels.list()).toHaveLength(1001)
})

describe('nested a hundred thousand times', () => {
  it.each(Object.keys(SMALL_FILES).filter((format) => /json/.test(SMALL_FILES[format]!.file)))('%s is refused or read with words', async (format) => {
    const { file, files } = SMALL_FILES[format]!
    const text = String(files(PLAIN)[file])
    for (const deep of ['['.repeat(100_000), '{"a":'.repeat(100_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`]) {
      for (const place of [/\[/, /\{"(id|label|role)"/]) await bring(format, { 'a.png': PICTURE, [file]: text.replace(place, (found) => `${found.startsWith('[') ? '[' : ''}${deep},${found.startsWith('[') ? '' : found}`) })
    }
  })
})
