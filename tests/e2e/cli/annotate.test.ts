/** `annotate` on all sorts of pictures, what it leaves behind, and what it tells. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { openProject } from '../../../src/core/store/project.ts'
import { marquee, marqueeJson, smallSample, workFolder } from '../../helpers/runCli.ts'

// Models are loaded in each test: a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface Report {
  readonly project: string
  readonly files: string[]
  readonly images: Record<'total' | 'done' | 'failed' | 'skipped' | 'pending' | 'doneNow', number>
  readonly labels: { label: string; images: number; objects: number }[]
  readonly ms: Record<'decode' | 'boxes' | 'encode' | 'masks', number> | null
  readonly models: Record<'grounder' | 'segmenter', { id: string; device: string }>
  readonly refusedDevices: { device: string; reason: string }[]
  readonly interrupted: boolean
  readonly problems: { image: string; state: string; error: string; attempts: number }[]
  readonly notes: { image: string; text: string }[]
  readonly passedOver: string[]
}
interface Coco {
  readonly images: { id: number; file_name: string; width: number; height: number }[]
  readonly annotations: { image_id: number; category_id: number; bbox: number[] }[]
  readonly categories: { id: number; name: string }[]
}

const base = workFolder()
const SAMPLE = join(base, 'sample.png')
beforeAll(() => smallSample(SAMPLE))
const readCoco = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Coco
/** The demo SAM 2 is faster than GrabCut, and its masks are good enough here. */
const QUICK = ['--segmenter', 'demo-sam2']

describe('a folder of everything', () => {
  const input = join(base, 'mixed')
  const [out, overlays] = [join(base, 'results', 'new', 'coco.json'), join(base, 'results', 'overlays')]
  const command = ['annotate', input, '--prompt', 'shapes', '--prompt', 'Red Circles=Kreis ⭐', ...QUICK, '--out', out, '--overlays', overlays]
  let first: { code: unknown; value: Report }
  let upright: number[] = []

  beforeAll(async () => {
    const { width, height } = await sharp(SAMPLE).metadata()
    upright = [width, height]
    mkdirSync(join(input, 'älbum ö', '日本 🍓'), { recursive: true })
    const turned = await sharp(SAMPLE).rotate(90).toBuffer()
    await sharp(turned).jpeg({ quality: 95 }).withMetadata({ orientation: 8 }).toFile(join(input, 'turned.JPG'))
    await sharp(SAMPLE).greyscale().toColourspace('grey16').png().toFile(join(input, 'sixteen.png'))
    cpSync(SAMPLE, join(input, 'älbum ö', '日本 🍓', 'a b 😀.png'))
    writeFileSync(join(input, 'älbum ö', 'cut.png'), readFileSync(SAMPLE).subarray(0, 20_000))
    writeFileSync(join(input, 'empty.png'), '')
    writeFileSync(join(input, 'words.jpg'), 'no picture')
    writeFileSync(join(input, 'notes.txt'), 'not looked at')
    first = await marqueeJson<Report>(...command)
  })

  it('does what can be done, lists what can not, and exits with 1', () => {
    expect(first.code).toBe(1)
    expect(first.value.images).toEqual({ total: 6, done: 3, failed: 1, skipped: 2, pending: 0, doneNow: 3 })
    const problems = Object.fromEntries(first.value.problems.map(({ image, state, error }) => [image, `${state}: ${error}`]))
    expect(problems).toEqual({
      'empty.png': expect.stringMatching(/^skipped: empty.png is empty \(0 bytes\)/) as string,
      'words.jpg': expect.stringMatching(/^skipped: words.jpg is not an image/) as string,
      'älbum ö/cut.png': expect.stringMatching(/^failed: cut.png is cut short/) as string,
    })
  })

  it('tells models, devices and times', () => {
    const { models, ms, interrupted, passedOver, refusedDevices } = first.value
    expect(models).toMatchObject({ grounder: { id: 'demo-qwen2-vl' }, segmenter: { id: 'demo-sam2' } })
    expect(models.grounder.device).toMatch(/^(webgpu|dml|coreml|cuda|cpu)$/)
    for (const { reason } of refusedDevices) expect(reason).toMatch(/^[^\n]{1,160}$/)
    expect(Math.min(...Object.values(ms!))).toBeGreaterThan(0)
    expect({ interrupted, passedOver }).toEqual({ interrupted: false, passedOver: [] })
  })

  it('exports every readable image by its path, upright, with the labels that were asked for', () => {
    const { images, categories, annotations } = readCoco(out)
    const sizes = Object.fromEntries(images.map(({ file_name, width, height }) => [file_name, [width, height]]))
    for (const name of ['turned.JPG', 'sixteen.png', 'älbum ö/日本 🍓/a b 😀.png']) expect(sizes[name]).toEqual(upright)
    expect(categories.map(({ name }) => name)).toEqual(expect.arrayContaining(['shapes', 'Kreis ⭐']))
    const counted = first.value.labels.reduce((sum, { objects }) => sum + objects, 0)
    expect(counted).toBeGreaterThan(0)
    expect(annotations).toHaveLength(counted)
  })

  it('draws an overlay of each image that is done', async () => {
    expect(readdirSync(overlays).sort()).toEqual(['sixteen.png', 'turned.png', 'älbum_ö_日本_🍓_a_b_😀.png'].sort())
    const { width, height } = await sharp(join(overlays, 'turned.png')).metadata()
    expect([width, height]).toEqual(upright)
  })

  it('does nothing again at a second start, and takes up what was repaired', async () => {
    cpSync(SAMPLE, join(input, 'words.jpg'))
    const { code, value } = await marqueeJson<Report>(...command)
    expect(code).toBe(1)
    expect(value.images).toEqual({ total: 6, done: 4, failed: 1, skipped: 1, pending: 0, doneNow: 1 })
    expect(value.problems.map(({ image, attempts }) => [image, attempts])).toEqual(expect.arrayContaining([['älbum ö/cut.png', 2]]))
    const project = await openProject(value.project)
    for (const image of project.images.iterate()) expect(project.log.ofImage(image.id).length).toBeLessThanOrEqual(1)
    project.close()
  })
})

describe('prompts, models and options', () => {
  const run = (name: string, ...args: string[]) =>
    marqueeJson<Report>('annotate', SAMPLE, ...QUICK, '--project', join(base, `${name}.marquee`), '--out', join(base, `${name}.json`), ...args)
  const boxesOf = (name: string) => readCoco(join(base, `${name}.json`)).annotations.map(({ bbox }) => bbox)

  it('capitals make no difference to a model that knows none', async () => {
    await run('small', '--prompt', 'red circles')
    await run('large', '--prompt', 'Red CIRCLES')
    expect(boxesOf('large')).toEqual(boxesOf('small'))
    expect(boxesOf('small').length).toBeGreaterThan(0)
  })

  it('the grid is drawn for the models, not into the project', async () => {
    const { value } = await run('grid', '--prompt', 'shape', '--grid')
    const project = await openProject(value.project)
    expect(project.runs.list().map(({ recipe }) => recipe.grid)).toEqual(['both'])
    project.close()
  })

  it('--max-boxes and --min-score leave out, and say so', async () => {
    const few = await run('few', '--prompt', 'shapes', '--max-boxes', '1')
    expect(few.value.labels[0]!.objects).toBe(1)
    expect(few.value.notes.map(({ text }) => text)).toContain('"shapes": more than --max-boxes, the rest was left out')
    const none = await run('none', '--prompt', 'shapes', '--min-score', '1')
    expect(none.code).toBe(0)
    expect(none.value.labels[0]!.objects).toBe(0)
    expect(none.value.notes[0]!.text).toMatch(/^\d+ objects? left out, below --min-score$/)
  })

  it('by default GrabCut masks what is no sample, says so, and writes beside the export', async () => {
    const input = join(base, 'photo.jpg')
    await sharp(SAMPLE).resize(400).jpeg().toFile(input)
    const { code, out, err } = await marquee('annotate', input, '--prompt', 'shapes=thing', '--out', join(base, 'photo.json'))
    expect(code).toBe(0)
    expect(err).toContain('Boxes by Qwen2-VL demo, which knows generated shapes and scan phantoms only.')
    expect(err).toContain('Masks by GrabCut, which needs no weights.')
    expect(err).toMatch(/^1\/1 {2}photo\.jpg: \d+ objects?$/m)
    expect(out).toMatch(/^label +images +objects\n─+ {2}─+ {2}─+\nthing +\d +\d+\n\n1 image done\nQwen2-VL demo on \w+ · GrabCut on cpu\nper image: read \d+ ms/)
    expect(out.trimEnd().split('\n').slice(-2)).toEqual([join(base, 'photo.marquee'), join(base, 'photo.json')])
    expect(existsSync(join(base, 'photo.marquee'))).toBe(true)
  })

  it('of a file with several pages the first is done, and the rest is named', async () => {
    const page = await sharp(SAMPLE).resize(400).png().toBuffer()
    const pages = await sharp([page, page], { join: { animated: true } }).tiff().toBuffer()
    const input = join(base, 'pages.tif')
    writeFileSync(input, pages)
    const { value } = await marqueeJson<Report>('annotate', input, '--prompt', 'shapes', ...QUICK, '--project', join(base, 'pages.marquee'))
    expect(value.notes).toContainEqual({ image: 'pages.tif', text: 'of its 2 pages only the first was looked at' })
  })
})
