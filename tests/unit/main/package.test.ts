/**
 * The tree of the package: everything the program needs, nothing else, fuses set, and the command line inside at work.
 * It builds and packages for a minute, so it runs with PACKAGE_TEST=1 (the workflow does); the tree is the one of
 * `npm run package:dir`, on Linux without Electron's program with a stand-in in its place.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fusesOf, FUSES_WANTED } from '../../../build/fuses.ts'
import { noticesOf } from '../../../build/notices.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const isOn = process.env['PACKAGE_TEST'] === '1' && process.platform === 'linux'
const output = mkdtempSync(join(tmpdir(), 'marquee-package-'))
const tree = join(output, 'linux-unpacked')
const resources = join(tree, 'resources')
const native = `linux-${process.arch}`

interface Entry {
  readonly unpacked?: boolean
  /** Of a packed file, in bytes from the end of the header. */
  readonly offset?: string
  readonly size?: number
  /** Of a folder. */
  readonly files?: Readonly<Record<string, Entry>>
}
interface Packed {
  readonly path: string
  readonly entry: Entry
  readonly unpacked: boolean
}
let packed: Packed[] = []

/** The header of an asar is JSON behind four 32-bit lengths; the last of them is its own. */
function headerOf(asar: Buffer): Entry {
  return JSON.parse(asar.subarray(16, 16 + asar.readUInt32LE(12)).toString()) as Entry
}

function filesOf(node: Entry, path = ''): Packed[] {
  if (!node.files) return [{ path, entry: node, unpacked: node.unpacked === true }]
  return Object.entries(node.files).flatMap(([name, child]) => filesOf(child, path === '' ? name : `${path}/${name}`))
}

/** Writes what is in the asar, and what was unpacked from it, into a folder. */
function extract(asar: string, folder: string): void {
  const bytes = readFileSync(asar)
  const start = 8 + bytes.readUInt32LE(4)
  for (const { path, entry, unpacked } of packed) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    if (unpacked) cpSync(join(`${asar}.unpacked`, path), join(folder, path))
    else writeFileSync(join(folder, path), bytes.subarray(start + Number(entry.offset), start + Number(entry.offset) + entry.size!))
  }
}

describe.skipIf(!isOn)('the package (set PACKAGE_TEST=1 on Linux to run this)', { timeout: 600_000 }, () => {
  beforeAll(() => {
    const options = { cwd: ROOT, stdio: 'pipe' } as const
    execFileSync('npm', ['run', 'build'], options)
    execFileSync('npm', ['run', 'package:dir', '--', '--output', output], options)
    packed = filesOf(headerOf(readFileSync(join(resources, 'app.asar'))))
  }, 600_000)
  afterAll(() => rmSync(output, { recursive: true, force: true }))

  it('holds the built program and what it loads at run time, and nothing else', () => {
    const packages = ['@img/colour', `@img/sharp-libvips-${native}`, `@img/sharp-${native}`, '@opencvjs/node', 'better-sqlite3', 'detect-libc', 'onnxruntime-common', 'onnxruntime-node', 'semver', 'sharp']
    const found = packed.map(({ path }) => path).filter((path) => path.startsWith('node_modules/')).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)![1]!)
    expect([...new Set(found)].toSorted()).toEqual(packages)
    const rest = packed.map(({ path }) => path).filter((path) => !path.startsWith('node_modules/'))
    for (const path of rest) expect(path).toMatch(/^(package\.json|LICENSE|out\/(main\/[\w-]+\.js|preload\/index\.cjs|cli\/[\w-]+\.mjs|renderer\/(index\.html|assets\/[\w-]+\.(js|css|woff2))))$/)
    expect(rest).toEqual(expect.arrayContaining(['package.json', 'out/main/index.js', 'out/main/engineProcess.js', 'out/preload/index.cjs', 'out/renderer/index.html', 'out/cli/index.mjs']))
  })

  it('holds natives of this system only, unpacked with the command line', () => {
    const natives = packed.filter(({ path }) => /\.(node|so[.\d]*|dylib|dll)$/.test(path)).map(({ path }) => path)
    expect(natives.filter((path) => !path.includes(native) && !path.includes(`linux/${process.arch}`))).toEqual([])
    expect(natives.filter((path) => path.endsWith('.node'))).toHaveLength(3)
    for (const { path, unpacked } of packed) {
      expect(unpacked, path).toBe(/^(node_modules|out\/cli)\//.test(path))
      if (unpacked) expect(existsSync(join(resources, 'app.asar.unpacked', path)), path).toBe(true)
    }
  })

  it('has its fuses set', () => {
    expect(FUSES_WANTED).toBe('01001100')
    expect(fusesOf(readFileSync(join(tree, 'marquee')))).toBe(FUSES_WANTED)
  })

  it('has models and samples beside it, none of the training weights', () => {
    const manifest = JSON.parse(readFileSync(join(resources, 'models', 'manifest.json'), 'utf8')) as { models: { shipped: string | null; files: { path: string }[] }[] }
    const shipped = manifest.models.flatMap(({ shipped, files }) => (shipped === null ? [] : files.map(({ path }) => join(resources, 'models', shipped, path))))
    expect(shipped.length).toBeGreaterThan(5)
    expect(shipped.filter((path) => !existsSync(path))).toEqual([])
    expect(existsSync(join(resources, 'samples', 'shapes-01.png'))).toBe(true)
    expect(existsSync(join(resources, 'models', 'demo', 'qwen2-vl', 'model.safetensors'))).toBe(false)
  })

  it('has the licences of what it is made of beside it', () => {
    expect(readFileSync(join(resources, 'THIRD-PARTY-NOTICES.txt'), 'utf8')).toBe(noticesOf(ROOT))
  })

  it('starts, serves its page and pictures, and runs its engine, on a stand-in for Electron', () => {
    const extracted = join(output, 'extracted')
    extract(join(resources, 'app.asar'), join(extracted, 'app.asar'))
    for (const name of ['models', 'samples']) symlinkSync(join(resources, name), join(extracted, name))
    const script = fileURLToPath(new URL('../../helpers/builtProgram.ts', import.meta.url))
    const said = execFileSync(process.execPath, [script, join(extracted, 'app.asar')], { encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual({ page: 'app://marquee/index.html', script: 200, images: 12, thumbnail: 'image/jpeg', device: 'cpu' })
  })

  it('annotates and exports from a terminal, on natives of its own', () => {
    const cli = join(resources, 'app.asar.unpacked', 'out', 'cli', 'index.mjs')
    const out = join(output, 'out.json')
    const run = (...args: string[]) => execFileSync(process.execPath, [cli, ...args], { cwd: output, encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } })
    expect(run('models', 'list')).toMatch(/demo-qwen2-vl .*shipped/)
    run('annotate', join(resources, 'samples', 'shapes-03.jpg'), '--prompt', 'red circle', '--out', out)
    expect((JSON.parse(readFileSync(out, 'utf8')) as { images: unknown[] }).images).toHaveLength(1)
  })
})
