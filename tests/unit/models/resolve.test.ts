import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { modelsFolder } from '../../../src/core/models/folders.ts'
import { downloadBytes, readManifest } from '../../../src/core/models/manifest.ts'
import { grounderEntry, openModels } from '../../../src/core/models/models.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-resolve-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function put(...names: string[]) {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name === 'config.json' ? '{"model_type":"qwen2_vl"}' : '{}')
  }
}
const qwen = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'onnx/vision_encoder_fp16.onnx', 'onnx/embed_tokens_q4f16.onnx', 'onnx/decoder_model_merged_q4.onnx']
const models = () => openModels({ folder: join(folder, 'installed') })

describe('the shipped manifest', () => {
  it('pins every download to a full commit, under a free licence', () => {
    const { models } = readManifest()
    expect(models.map(({ id }) => id)).toEqual(['demo-qwen2-vl', 'demo-sam2', 'grabcut', 'qwen2-vl-2b', 'sam2.1-tiny', 'sam2.1-small', 'sam2.1-base-plus'])
    expect(new Set(models.map(({ licence }) => licence))).toEqual(new Set(['Apache-2.0']))
    for (const entry of models.filter(({ source }) => source !== null)) expect(downloadBytes(entry)).toBeGreaterThan(1e8)
  })

  it('finds the demo pair and GrabCut without an installation', async () => {
    expect(models().resolve('demo-qwen2-vl', 'grounder')).toMatchObject({ kind: 'grounder', demo: true })
    expect(models().resolve('grabcut', 'segmenter')).toMatchObject({ folder: null, demo: false })
    expect((await models().verify('demo-qwen2-vl')).ok).toBe(true)
    expect((await models().verify('demo-sam2')).ok).toBe(true)
  })

  it('is refused with words when damaged', () => {
    put('manifest.json')
    expect(() => readManifest(join(folder, 'manifest.json'))).toThrow(/list of models .* can't be read/)
    expect(() => readManifest(join(folder, 'nowhere.json'))).toThrow(/list of models .* can't be read/)
  })
})

describe('a folder of model files', () => {
  it('is a Qwen2-VL in any precision, asked as Qwen2-VL-2B is', () => {
    put(...qwen)
    expect(models().resolve(folder, 'grounder')).toEqual({ id: folder, name: expect.any(String) as string, kind: 'grounder', folder, demo: false })
    expect(grounderEntry(readManifest(), folder)).toMatchObject({ id: folder, coordinates: 'relative-1000' })
    expect(grounderEntry(readManifest(), 'demo-qwen2-vl')).toMatchObject({ id: 'demo-qwen2-vl', demo: true })
  })

  it.each([
    [['onnx/vision_encoder.onnx', 'onnx/prompt_encoder_mask_decoder.onnx']],
    [['sam2_hiera_tiny.encoder.onnx', 'sam2_hiera_tiny.decoder.onnx']],
  ])('is a SAM 2: %j', (names) => {
    put(...names)
    expect(models().resolve(folder, 'segmenter').kind).toBe('segmenter')
    expect(() => models().resolve(folder, 'grounder')).toThrow(/pass it as the segmenter/)
  })

  it('is refused with what it lacks', () => {
    put(...qwen.slice(0, 4))
    expect(() => models().resolve(folder, 'grounder')).toThrow(/it lacks embed_tokens\*\.onnx, decoder_model_merged\*\.onnx/)
  })

  it('is refused when it is another model', () => {
    put(...qwen)
    writeFileSync(join(folder, 'config.json'), '{"model_type":"qwen2_5_vl"}')
    expect(() => models().resolve(folder, 'grounder')).toThrow(/of the kind "qwen2_5_vl"/)
  })

  it('must exist and be a folder', () => {
    put('config.json')
    expect(() => models().resolve(join(folder, 'nowhere'), 'grounder')).toThrow(/There is no folder/)
    expect(() => models().resolve(join(folder, 'config.json'), 'grounder')).toThrow(/is a file/)
  })
})

it('an unknown id names the known ones', () => {
  expect(() => models().resolve('sam3', 'segmenter')).toThrow(/no model "sam3".*sam2\.1-tiny/)
})

it('a known model that is not installed says how and how large', () => {
  expect(() => models().resolve('sam2.1-tiny', 'segmenter')).toThrow('SAM 2.1 tiny is not installed. Install it (156 MB): marquee models install sam2.1-tiny')
})

it('models live in MARQUEE_MODELS or where the platform keeps data', () => {
  expect(modelsFolder({ MARQUEE_MODELS: '/m' }, 'linux')).toBe('/m')
  expect(modelsFolder({ XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/marquee/models')
  expect(modelsFolder({}, 'linux')).toBe(join(homedir(), '.local/share/marquee/models'))
  expect(modelsFolder({}, 'darwin')).toBe(join(homedir(), 'Library/Application Support/Marquee/models'))
  expect(modelsFolder({ LOCALAPPDATA: 'L' }, 'win32')).toBe(join('L', 'Marquee', 'models'))
})
