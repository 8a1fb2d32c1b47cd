import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { marquee, marqueeJson, ROOT, SAMPLES, workFolder } from '../../helpers/runCli.ts'

const folder = workFolder()
const DATASETS = join(ROOT, '../shared/testdata/datasets')

/** The samples with their truth, as a COCO folder. */
function samples(): string {
  const place = join(folder, 'samples')
  if (existsSync(place)) return place
  mkdirSync(join(place, 'annotations'), { recursive: true })
  writeFileSync(join(place, 'annotations/instances_default.json'), readFileSync(join(SAMPLES, 'truth.json')))
  return place
}

interface Report {
  objects: { seen: number; added: number; known: number; leftOut: number }
  images: { total: number; missing: number }
  labels: { name: string; objects: number }[]
}

describe('import', () => {
  it('says what came in and how to take it back; again it adds nothing; taken back it is gone', async () => {
    const project = join(folder, 'one.marquee')
    const first = await marquee('import', samples(), '--image-folder', SAMPLES, '--project', project)
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/coco: \d+ images \(\d+ new, 0 without a picture\)\n\d+ objects in the files: \d+ came in, 0 were there already, 0 left out/)
    const again = await marqueeJson<Report>('import', samples(), '--image-folder', SAMPLES, '--project', project)
    expect(again.value.objects).toMatchObject({ added: 0, leftOut: 0, known: again.value.objects.seen })
    const undone = await marquee('import', '--project', project, '--undo', '1')
    expect(undone.out).toContain(`${String(again.value.objects.seen)} objects taken back; images it brought stay.`)
  })

  it('only tried writes nothing and says so; what is left out is in a CSV', async () => {
    const project = join(folder, 'dry.marquee')
    const csv = join(folder, 'problems.csv')
    const tried = await marquee('import', samples(), '--project', project, '--dry-run', '--report', csv)
    expect(tried.code).toBe(1)
    expect(tried.out).toContain('would come in')
    expect(readFileSync(csv, 'utf8')).toMatch(/^\ufefffile,place,reason,objects\n.*was not found/)
  })

  it('of nothing readable is told in words, with exit code 3; without a place with 2', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const nothing = await marquee('import', empty, '--project', join(folder, 'x.marquee'))
    expect([nothing.code, nothing.err]).toEqual([3, expect.stringContaining('no annotations in a format Marquee knows')])
    expect((await marquee('import', '--project', join(folder, 'x.marquee'))).code).toBe(2)
  })
})

describe('where things go', () => {
  it('the folder of a new project is made; labels that came without objects can be taken back too', async () => {
    const project = join(folder, 'deep', 'er', 'new.marquee')
    const labels = join(folder, 'labels.json')
    writeFileSync(labels, JSON.stringify({ images: [], annotations: [], categories: [{ id: 1, name: 'cat' }] }))
    const { code, out } = await marquee('import', labels, '--project', project)
    expect([code, out]).toEqual([0, expect.stringContaining('To take it back: ')])
  })

  it('a format that is a folder is not written into one that is called like a file', async () => {
    const { code, err } = await marquee('convert', samples(), join(folder, 'ls.json'), '--to', 'label-studio', '--image-folder', SAMPLES)
    expect([code, err]).toEqual([2, expect.stringContaining(`is written as a folder. Name one, e.g. "${join(folder, 'ls')}"`)])
    expect(existsSync(join(folder, 'ls.json'))).toBe(false)
  })
})

describe('convert', () => {
  const formats = ['coco', 'voc', 'yolo', 'labelme', 'cvat', 'label-studio']

  it.each(formats)('to %s and back to COCO scores as the truth it came from', async (format) => {
    const there = join(folder, `to-${format}`)
    const back = join(folder, `back-${format}.json`)
    const out = await marquee('convert', samples(), there, '--to', format, '--image-folder', SAMPLES)
    expect([out.code, out.err.includes('marquee:')]).toEqual([0, false])
    expect(out.out).toContain('Read back and compared:')
    expect((await marquee('convert', there, back, '--to', 'coco', '--from', format)).code).toBe(0)
    const score = await marqueeJson<{ overall: { f1: number } }>('score', back, join(SAMPLES, 'truth.json'))
    expect(score.value.overall.f1).toBe(1)
  })

  it('in a way that could be meant twice says which option decides, in its own words', async () => {
    const wrong = await marquee('convert', samples(), join(folder, 'w'), '--to', 'yolo', '--option', 'holes=fill')
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/holes=fill is not understood. Options: .*holes=bridge\|split\|report/)])
  })
})

describe('export', () => {
  it('splits by the shares asked for, and refuses an empty export until it is confirmed', async () => {
    const project = join(folder, 'split.marquee')
    await marquee('import', samples(), '--image-folder', SAMPLES, '--project', project)
    const out = join(folder, 'split-yolo')
    expect((await marquee('export', project, '--format', 'yolo', '--out', out, '--split', '60/20/20', '--seed', '3')).code).toBe(0)
    const files = ['train', 'val', 'test'].map((part) => readdirSync(join(out, 'images', part)).length)
    expect(files.reduce((sum, count) => sum + count, 0)).toBe(12)
    expect(Math.min(...files)).toBeGreaterThan(1)
    const empty = await marquee('export', project, '--out', join(folder, 'none.json'), '--states', 'proposed')
    expect([empty.code, empty.err]).toEqual([3, expect.stringContaining('Add --allow-incomplete to write an empty export')])
    expect((await marquee('export', project, '--out', join(folder, 'none.json'), '--states', 'proposed', '--allow-incomplete')).code).toBe(0)
  })
})

describe('check', () => {
  it('finds and mends, and then finds nothing', async () => {
    const place = join(folder, 'check')
    mkdirSync(place)
    const box = (x1: number) => ({ label: 'car', shape_type: 'rectangle', points: [[2, 2], [x1, 20]] })
    writeFileSync(join(place, 'a.json'), JSON.stringify({ version: '5', flags: {}, shapes: [box(20), box(20), box(900)], imagePath: 'a.png', imageData: null, imageWidth: 100, imageHeight: 50 }))
    const project = join(folder, 'check.marquee')
    await marquee('import', place, '--project', project, '--keep-missing')
    const found = await marquee('check', project, '--rules', 'outside,duplicates')
    expect(found.code).toBe(1)
    expect(found.out).toMatch(/Boxes outside the image \(outside\): 1\n {2}a\.png: its box reaches 800 pixels over the border\nThe same object twice \(duplicates\): 1/)
    expect((await marquee('check', project, '--fix', 'outside,duplicates')).out).toContain('2 findings mended.')
    expect((await marquee('check', project, '--rules', 'outside,duplicates')).out).toContain('Nothing found')
    expect((await marquee('check', project, '--fix', 'sizes')).code).toBe(2)
  })
})

describe.skipIf(!existsSync(DATASETS))('datasets of other tools (skipped without ../shared/testdata)', () => {
  const places = existsSync(DATASETS) ? readdirSync(DATASETS).flatMap((kind) => readdirSync(join(DATASETS, kind)).map((name) => join(kind, name))) : []

  it.each(places)('%s: every object is accounted for', async (place) => {
    // One of them is two formats at once: the person is asked.
    const format = place === 'coco_dataset/coco' ? 'coco' : 'auto'
    const project = join(folder, `${place.replaceAll('/', '-')}.marquee`)
    const { value } = await marqueeJson<Report & { error?: { message: string } }>('import', join(DATASETS, place), '--format', format, '--project', project, '--keep-missing')
    expect(value.error?.message).toBeUndefined()
    const { seen, added, known, leftOut } = value.objects
    expect(added + known + leftOut).toBe(seen)
  })
})
