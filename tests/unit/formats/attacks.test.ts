/** Datasets made to do harm, brought in as a person would: each ends with words that name the file, and with little memory. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IMPORT_FORMATS } from '../../../src/core/formats/index.ts'
import { importDataset } from '../../../src/core/services/importing/importDataset.ts'
import type { ImportReport } from '../../../src/core/services/importing/importReport.ts'
import { openProject } from '../../../src/core/store/project.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { writeFiles } from '../../helpers/datasets.ts'
import type { FileContents } from '../../helpers/datasets.ts'
import { importWish } from '../../helpers/serviceTrips.ts'

const WIDTH = 20
const HEIGHT = 10
const PICTURE = encode({ width: WIDTH, height: HEIGHT, channels: 1, data: new Uint8Array(WIDTH * HEIGHT) })

/** What a record of the format is told; all of it untrusted. */
interface Claim {
  readonly path: string
  readonly width: string
  readonly height: string
  /** x0, y0, x1, y1 or what the format has in their place. */
  readonly box: readonly [string, string, string, string]
  readonly label: string
}
const PLAIN: Claim = { path: 'a.png', width: '20', height: '10', box: ['2', '3', '6', '8'], label: 'cat' }

/** The smallest file of each format that says `claim`; `file` is where. */
const FORMATS: Readonly<Record<string, { readonly file: string; readonly files: (claim: Claim) => FileContents }>> = {
  coco: {
    file: 'instances.json',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'instances.json': `{"images":[{"id":1,"file_name":${json(path)},"width":${width},"height":${height}}],"categories":[{"id":1,"name":${json(label)}}],
        "annotations":[{"id":1,"image_id":1,"category_id":1,"iscrowd":0,"area":20,"bbox":[${x0},${y0},${x1},${y1}],"segmentation":[[${x0},${y0},${x1},${y0},${x1},${y1}]]}]}`,
    }),
  },
  'coco-results': {
    file: 'results.json',
    files: ({ path, width, height, box, label }) => ({
      'results.json': `[{"image_id":1,"category_id":1,"score":0.5,"bbox":[${box.join(',')}]}]`,
      'image_info.json': `{"images":[{"id":1,"file_name":${json(path)},"width":${width},"height":${height}}],"categories":[{"id":1,"name":${json(label)}}]}`,
    }),
  },
  'coco-panoptic': {
    file: 'panoptic.json',
    files: ({ path, width, height, box, label }) => ({
      'panoptic.json': `{"images":[{"id":1,"file_name":${json(path)},"width":${width},"height":${height}}],"categories":[{"id":1,"name":${json(label)},"isthing":1}],
        "annotations":[{"image_id":1,"file_name":${json(path)},"segments_info":[{"id":460551,"category_id":1,"iscrowd":0,"area":20,"bbox":[${box.join(',')}]}]}]}`,
      'panoptic/a.png': encode({ width: WIDTH, height: HEIGHT, channels: 3, data: new Uint8Array(WIDTH * HEIGHT * 3).fill(7) }),
    }),
  },
  csv: {
    file: 'objects.csv',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'objects.csv': `filename,width,height,class,xmin,ymin,xmax,ymax\n"${path.replaceAll('"', '""')}",${width},${height},"${label.replaceAll('"', '""')}",${x0},${y0},${x1},${y1}\n`,
    }),
  },
  cvat: {
    file: 'annotations.xml',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'annotations.xml': `<?xml version="1.0"?><annotations><version>1.1</version><image id="0" name="${xml(path)}" width="${width}" height="${height}">
        <box label="${xml(label)}" xtl="${x0}" ytl="${y0}" xbr="${x1}" ybr="${y1}" occluded="0" z_order="0"/></image></annotations>`,
    }),
  },
  labelme: {
    file: 'a.json',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'a.json': `{"version":"5.0.1","flags":{},"shapes":[{"label":${json(label)},"points":[[${x0},${y0}],[${x1},${y1}]],"shape_type":"rectangle","flags":{}}],
        "imagePath":${json(path)},"imageData":null,"imageWidth":${width},"imageHeight":${height}}`,
    }),
  },
  'label-studio': {
    file: 'tasks.json',
    files: ({ path, width, height, box: [x, y, w, h], label }) => ({
      'tasks.json': `[{"id":1,"data":{"image":${json(path)}},"annotations":[{"id":1,"result":[{"id":"r","type":"rectanglelabels","from_name":"l","to_name":"i",
        "original_width":${width},"original_height":${height},"image_rotation":0,"value":{"x":${x},"y":${y},"width":${w},"height":${h},"rotation":0,"rectanglelabels":[${json(label)}]}}]}]}]`,
    }),
  },
  masks: {
    file: 'images.csv',
    files: ({ path, width, height, label }) => ({
      'images.csv': `image,width,height,split\n"${path.replaceAll('"', '""')}",${width},${height},\n`,
      'labels.csv': `number,label,color,folder\n1,"${label.replaceAll('"', '""')}",#ff0000,\n`,
      'masks/a.png': encode({ width: WIDTH, height: HEIGHT, channels: 1, data: new Uint8Array(WIDTH * HEIGHT).fill(1) }),
    }),
  },
  voc: {
    file: 'Annotations/a.xml',
    files: ({ path, width, height, box: [x0, y0, x1, y1], label }) => ({
      'Annotations/a.xml': `<annotation><filename>${xml(path)}</filename><size><width>${width}</width><height>${height}</height><depth>3</depth></size>
        <object><name>${xml(label)}</name><bndbox><xmin>${x0}</xmin><ymin>${y0}</ymin><xmax>${x1}</xmax><ymax>${y1}</ymax></bndbox></object></annotation>`,
    }),
  },
  yolo: {
    file: 'labels/a.txt',
    files: ({ path, box, label }) => ({
      'data.yaml': `train: train.txt\nnames: [${json(label)}]\n`,
      'train.txt': `${path.replaceAll('\n', '')}\n./images/a.png\n`,
      'labels/a.txt': `0 ${box.map((value) => (/^\d$/.test(value) ? `0.${value}` : value)).join(' ')}\n`,
      'images/a.png': PICTURE,
    }),
  },
  'qwen-vl': {
    file: 'train.jsonl',
    files: ({ path, box, label }) => ({
      'train.jsonl': `{"messages":[{"role":"user","content":${json(`<image>Find all <|object_ref_start|>${label}<|object_ref_end|>`)}},{"role":"assistant","content":"<|box_start|>(${box[0]},${box[1]}),(${box[2]},${box[3]})<|box_end|>"}],"images":[${json(path)}]}\n`,
    }),
  },
}

const json = (text: string): string => JSON.stringify(text)
const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\0', '')

const root = mkdtempSync(join(tmpdir(), 'attacks-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let project: Project
beforeEach(async () => {
  project = await openProject(join(mkdtempSync(join(root, 'project-')), 'p.marquee'), { create: true })
})
afterEach(() => {
  expect(project.check()).toEqual([])
  project.close()
})

function place(files: FileContents): string {
  const folder = mkdtempSync(join(root, 'set-'))
  writeFiles(folder, { 'a.png': PICTURE, ...files })
  return folder
}

/** Brought in, or refused: both with words that name a file of the dataset, and nothing lost without a word. */
async function bring(format: string, files: FileContents): Promise<ImportReport | AppError> {
  const folder = place(files)
  try {
    const report = await importDataset(project, importWish(folder, { format, missing: 'keep' }))
    const { seen, added, known, leftOut } = report.objects
    expect(added + known + leftOut).toBe(seen)
    for (const { reason } of report.problems) expect(reason).toMatch(/\w/)
    for (const image of project.images.iterate()) {
      expect(image.path).not.toMatch(/(^|\/)\.\.(\/|$)|\0/)
      for (const { box } of project.annotations.load(image.id).annotations) expect(Object.values(box).every((edge) => Math.abs(edge) <= 1e9)).toBe(true)
    }
    return report
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(['invalid-dataset', 'ambiguous-dataset']).toContain(error.code)
    const names = [...Object.keys(files).map((path) => path.split('/').at(-1)!), folder]
    expect(names.some((name) => error.message.includes(name)), error.message).toBe(true)
    return error
  }
}

it('has a file of every format', () => {
  expect(Object.keys(FORMATS).sort()).toEqual(IMPORT_FORMATS.map(({ id }) => id).sort())
})

describe.each(Object.entries(FORMATS))('%s', (format, { file, files }) => {
  it('comes in where nothing is wrong', async () => {
    expect(await bring(format, files(PLAIN))).toMatchObject({ objects: { seen: 1, added: 1, leftOut: 0 } })
  })

  it.each(['../../../../etc/passwd', '/etc/passwd', 'C:\\Windows\\win.ini', '\\\\server\\share\\a.png', 'a\0.png', `${'x'.repeat(100_000)}.png`, '..', '', 'link/passwd.png', 'file:///etc/passwd', 'con'])('reads no picture but its own for the path %#', async (path) => {
    const folder = place(files({ ...PLAIN, path }))
    symlinkSync('/etc', join(folder, 'link'))
    await importDataset(project, importWish(folder, { format, missing: 'keep' })).catch((error: unknown) => expect(error).toBeInstanceOf(AppError))
    for (const image of project.images.iterate()) {
      const at = project.images.fileOf(image)
      expect(image.status === 'ok' ? at : join(folder, image.path)).toMatch(new RegExp(`^${folder}/`))
      expect(image.path).not.toMatch(/(^|\/)\.\.(\/|$)|\0/)
    }
  })

  it.each(['NaN', '1e308', '-1e308', '1e999', '-5', '0', '1e9', '""', 'null', '99999999999999999999', '4294967297', '0x10', '1_000'])('keeps its head over the number %s', async (value) => {
    const [x0, y0, x1, y1] = PLAIN.box
    for (const box of [[value, y0, x1, y1], [x0, y0, value, y1], [value, value, value, value]] as const) await bring(format, files({ ...PLAIN, box }))
    await bring(format, files({ ...PLAIN, width: value, height: value }))
    await bring(format, files({ ...PLAIN, path: 'gone.png', width: value, height: value }))
  })

  it.each([['a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)], ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')], ['UTF-16, big end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()], ['no text at all', () => Buffer.from([0, 255, 254, 0, 1])], ['nothing', () => Buffer.alloc(0)]] as const)('is read or refused as %s', async (what, made) => {
    const valid = files(PLAIN)
    const answer = await bring(format, { ...valid, [file]: made(String(valid[file])) })
    if (what === 'a byte order mark') expect(answer).toMatchObject({ objects: { seen: 1, added: 1 } })
  })

  it('has labels as they are written', async () => {
    for (const label of ['../../x', '<script>', '=cmd|x', '__proto__', 'constructor', '\u202egnp', 'x'.repeat(10_000)]) await bring(format, files({ ...PLAIN, label }))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
