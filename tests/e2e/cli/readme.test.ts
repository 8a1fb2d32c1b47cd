/** The commands of the README, as they stand there. How good the demo models are is measured elsewhere. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hasPython } from '../../helpers/python.ts'
import { marquee, marqueeJson, ROOT, SAMPLES, startMarquee, workFolder, type CliEnd } from '../../helpers/runCli.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const folder = workFolder()
const at = (name: string) => join(folder, name)
const here = process.cwd()
let annotated: CliEnd

beforeAll(async () => {
  process.chdir(ROOT)
  const args = ['annotate', 'samples', '--prompt', 'red circle', '--out', at('out/coco.json'), '--overlays', at('out')]
  annotated = await startMarquee(args, { cwd: ROOT }).ended
})
afterAll(() => {
  process.chdir(here)
})

describe('annotate samples --prompt "red circle" --out out/coco.json --overlays out', () => {
  it('works out of the box, and tells what it did', () => {
    expect(annotated.code).toBe(0)
    expect(annotated.err).toContain('Masks by SAM 2 demo')
    expect(annotated.err).toMatch(/^12\/12 {2}slice-04\.jpg: \d+ objects?$/m)
    expect(annotated.out).toMatch(/^red circle +\d+ +\d+$/m)
    expect(annotated.out).toMatch(/^12 images done$/m)
    expect(annotated.out).toMatch(/^Qwen2-VL demo on \w+ · SAM 2 demo on \w+$/m)
    expect(annotated.out).toMatch(/^per image: read \d+ ms · boxes \d+ ms · encode \d+ ms · masks \d+ ms$/m)
    expect(annotated.out.trimEnd().split('\n').slice(-3)).toEqual([at('out/coco.marquee'), at('out/coco.json'), at('out')])
  })

  it('leaves a project, a COCO file and an overlay of each image', () => {
    const overlays = readdirSync(SAMPLES).filter((name) => /\.(png|jpg)$/.test(name)).map((name) => name.replace(/\.\w+$/, '.png'))
    expect(readdirSync(at('out')).sort()).toEqual([...overlays, 'coco.export-report.json', 'coco.json', 'coco.marquee'].sort())
  })

  it('finds most of them', async () => {
    const { code, value } = await marqueeJson<{ images: number; overall: { f1: number; truths: number } }>('score', at('out/coco.json'), 'samples/truth.json')
    expect(code).toBe(0)
    expect(value).toMatchObject({ images: 12, overall: { truths: 6 } })
    expect(value.overall.f1).toBeGreaterThanOrEqual(0.5)
  })

  it.skipIf(!hasPython('pycocotools'))('is loaded by pycocotools, masks and all (skipped without python3 and pycocotools)', () => {
    const script = `
import sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
truth, found = COCO('samples/truth.json'), COCO(sys.argv[1])
for annotation in found.anns.values():
    image = found.imgs[annotation['image_id']]
    mask = found.annToMask(annotation)
    assert mask.shape == (image['height'], image['width']), annotation['id']
    assert mask.sum() > 0, annotation['id']
print(len(found.imgs), len(found.anns))`
    const { stdout, stderr, status } = spawnSync('python3', ['-c', script, at('out/coco.json')], { cwd: ROOT, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { images, annotations } = JSON.parse(readFileSync(at('out/coco.json'), 'utf8')) as { images: object[]; annotations: object[] }
    expect(stdout.trim().split('\n').at(-1)).toBe(`${String(images.length)} ${String(annotations.length)}`)
  })
})

describe('export, score, models', () => {
  it('export --format coco gives what annotate gave', async () => {
    const { code, out } = await marquee('export', at('out/coco.marquee'), '--format', 'coco', '--out', at('again.json'))
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^12 images to ${at('again.json')}$`, 'm'))
    expect(readFileSync(at('again.json'), 'utf8')).toBe(readFileSync(at('out/coco.json'), 'utf8'))
  })

  it('export --format voc writes the devkit\'s folders; --labels and --states choose', async () => {
    const { code, value } = await marqueeJson<{ images: number; annotations: Record<string, number> }>('export', at('out/coco.marquee'), '--format', 'voc', '--images', 'none', '--out', at('voc'))
    expect(code).toBe(0)
    expect(value.images).toBe(12)
    expect(readdirSync(at('voc'))).toEqual(expect.arrayContaining(['Annotations', 'ImageSets']))
    expect(readdirSync(at('voc/Annotations'))).toHaveLength(12)
    const none = await marqueeJson<{ annotations: Record<string, number> }>('export', at('out/coco.marquee'), '--states', 'accepted', '--labels', 'red circle', '--allow-incomplete', '--out', at('none.json'))
    expect(none.value.annotations).toEqual({ 'red circle': 0 })
  })

  it('score of the truth against itself is 1 in everything', async () => {
    const truth = join(SAMPLES, 'truth.json')
    const { code, value } = await marqueeJson<{ overall: Record<string, unknown> }>('score', truth, truth)
    expect(code).toBe(0)
    const one = { ap: expect.closeTo(1, 9) as number, ap50: 1, ap75: 1 }
    expect(value.overall).toMatchObject({ f1: 1, iou: 1, giou: 1, ciou: 1, maskIou: 1, precision: 1, recall: 1, bbox: one, segm: one })
    const { out } = await marquee('score', truth, truth)
    expect(out).toMatch(/^all +44 +44( +1\.000){9}$/m)
  })

  it('score --map lets one label stand for several', async () => {
    const truth = JSON.parse(readFileSync(join(SAMPLES, 'truth.json'), 'utf8')) as { categories: { id: number; name: string }[] }
    const named = { ...truth, categories: truth.categories.map(({ id, name }) => ({ id, name: name === 'dark lesion' ? 'spot' : name })) }
    writeFileSync(at('spots.json'), JSON.stringify(named))
    const { value } = await marqueeJson<{ labels: { label: string; truthLabels: string[]; found: number; truths: number }[] }>(
      'score', at('spots.json'), join(SAMPLES, 'truth.json'), '--map', 'spot=dark lesion, bright lesion')
    expect(value.labels.find(({ label }) => label === 'spot')).toMatchObject({ truthLabels: ['dark lesion', 'bright lesion'], found: 4, truths: 8 })
  })

  it('models list and verify', async () => {
    const { value } = await marqueeJson<{ folder: string; models: { id: string; kind: string; state: string }[] }>('models', 'list')
    expect(value.models.map(({ id, kind, state }) => `${id} ${kind} ${state}`)).toEqual(expect.arrayContaining([
      'demo-qwen2-vl grounder shipped', 'demo-sam2 segmenter shipped', 'grabcut segmenter shipped', 'qwen2-vl-2b grounder available', 'sam2.1-tiny segmenter available',
    ]))
    expect(value.folder).toBe(process.env['MARQUEE_MODELS'])
    const listed = await marquee('models', 'list')
    expect(listed.out).toMatch(/^qwen2-vl-2b +words → boxes +available +2680 MB +Apache-2\.0$/m)
    const verified = await marqueeJson<{ ok: boolean; models: { id: string; ok: boolean }[] }>('models', 'verify')
    expect(verified).toMatchObject({ code: 0, value: { ok: true } })
    expect(verified.value.models.map(({ id }) => id)).toEqual(['demo-qwen2-vl', 'demo-sam2'])
  })
})

describe('doctor', () => {
  interface Verdict {
    readonly ok: boolean
    readonly checks: { name: string; ok: boolean; found: string }[]
  }

  it('finds everything in order, a project too', async () => {
    const { code, out, err } = await startMarquee(['--json', 'doctor', at('out/coco.marquee')]).ended
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { ok, checks } = JSON.parse(out) as Verdict
    expect(ok).toBe(true)
    expect(checks.map(({ name }) => name)).toEqual(['Node', 'project file', 'pictures', 'models folder', 'demo pair', 'GrabCut', at('out/coco.marquee')])
    expect(checks.at(-1)!.found).toMatch(/^12 images, \d+ annotations?, \d+ edits in an unbroken log$/)
    for (const { found } of checks) expect(found).not.toContain('\n')
  })

  it('says what is wrong with a project whose log was tampered with', async () => {
    const db = new Database(at('out/coco.marquee'))
    db.exec("DROP TRIGGER edits_stay; UPDATE edits SET actor = 'someone' WHERE id = 2")
    db.close()
    const tampered = await marquee('doctor', at('out/coco.marquee'), '--device', 'cpu')
    expect(tampered.err).toBe('')
    expect(tampered.code).toBe(1)
    expect(tampered.out).toMatch(/^WRONG {2}.*coco\.marquee: Edit 2 is not what was logged\.$/m)
    expect(tampered.out.match(/^ok {5}/gm)).toHaveLength(6)
  })
})
