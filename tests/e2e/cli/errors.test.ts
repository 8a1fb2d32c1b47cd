/** Every mistake a person can make on the command line: what is said, with which exit code, and that it leaves no trace. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openProject } from '../../../src/core/store/project.ts'
import { marquee, marqueeJson, ROOT, SAMPLES, startMarquee, workFolder } from '../../helpers/runCli.ts'

const SAMPLE = join(SAMPLES, 'shapes-01.png')
const base = workFolder()
let folder = ''
let serial = 0
const here = process.cwd()
beforeEach(() => {
  folder = join(base, String(serial++))
  mkdirSync(folder)
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(here)
})

/** Exit code and message; stdout must be empty. */
async function refused(...args: string[]): Promise<[unknown, string]> {
  const { code, out, err } = await marquee(...args)
  expect(out).toBe('')
  return [code, err]
}

const annotate = (...args: string[]) => refused('annotate', SAMPLE, '--prompt', 'x', ...args)

describe('annotate, before anything is made', () => {
  it.each([
    ['no path', ['annotate', '--prompt', 'x'], 2, "marquee: missing required argument 'paths'"],
    ['no prompt', ['annotate', SAMPLE], 2, 'Say what to mark: --prompt "red circle"'],
    ['a prompt without words', ['annotate', SAMPLE, '--prompt', '=x'], 2, '--prompt "=x" needs words on both sides of "="'],
    ['a prompt without a label', ['annotate', SAMPLE, '--prompt', 'red circle='], 2, '--prompt "red circle=" needs words'],
    ['an empty prompt', ['annotate', SAMPLE, '--prompt', ' '], 2, 'needs words'],
    ['a path that is not there', ['annotate', 'nope.png', '--prompt', 'x'], 3, 'There is no file or folder "nope.png". Check the path.'],
    ['a path that is not there among others', ['annotate', SAMPLE, 'nope', '--prompt', 'x'], 3, 'There is no file or folder "nope".'],
    ['a folder without pictures', ['annotate', '.', '--prompt', 'x'], 3, 'There is no picture in ".". Marquee reads JPEG, PNG'],
    ['an unknown option', ['annotate', SAMPLE, '--promt', 'x'], 2, "unknown option '--promt'\n(Did you mean --prompt?)"],
    ['an unknown command', ['anotate', SAMPLE], 2, "unknown command 'anotate'\n(Did you mean annotate?)"],
    ['an option without its value', ['annotate', SAMPLE, '--prompt'], 2, "option '-p, --prompt <words[=label]>' argument missing"],
  ])('%s', async (_, args, code, message) => {
    const [actual, text] = await refused(...args)
    expect(text).toContain(message)
    expect(actual).toBe(code)
    expect(readdirSync('.')).toEqual([])
  })

  it.each([
    ['an unknown model', ['--model', 'gpt'], 3, 'There is no model "gpt". Known models: demo-qwen2-vl,'],
    ['a model folder that is not there', ['--model', './weights'], 3, 'There is no folder'],
    ['a folder that holds no model', ['--model', SAMPLES], 3, 'holds neither a Qwen2-VL nor a SAM 2'],
    ['a model of the other kind', ['--segmenter', 'demo-qwen2-vl'], 2, 'demo-qwen2-vl turns words into boxes'],
    ['a model that is not installed', ['--model', 'qwen2-vl-2b'], 3, 'is not installed. Install it (2680 MB): marquee models install qwen2-vl-2b'],
    ['a segmenter that is not installed', ['--segmenter', 'sam2.1-tiny'], 3, 'marquee models install sam2.1-tiny'],
    ['an unknown device', ['--device', 'npu'], 2, 'There is no device "npu" on this machine. Choose one of'],
    ['an unknown grid', ['--grid', 'all'], 2, 'Allowed choices are off, both, boxes, masks.'],
    ['no boxes', ['--max-boxes', '0'], 2, 'It must be a whole number from 1.'],
    ['a number that is none', ['--specks', 'few'], 2, 'It must be a whole number from 0.'],
    ['a negative number', ['--max-boxes=-1'], 2, 'It must be a whole number from 1.'],
    ['a score beyond 1', ['--min-score', '1.5'], 2, 'It must be a number from 0 to 1.'],
    ['an empty score', ['--min-score', ''], 2, 'It must be a number from 0 to 1.'],
    ['an export that is a folder', ['--out', '.'], 2, '--out "." is a folder. Name a file, e.g. "coco.json".'],
    ['an export onto the project', ['--out', 'a.marquee'], 2, '--out "a.marquee" is the project itself.'],
    ['an export below a file', ['--out', join(SAMPLE, 'a.json')], 2, 'leads through a file'],
    ['a project below a file', ['--project', join(SAMPLE, 'a.marquee')], 2, 'leads through a file'],
    ['overlays over the pictures', ['--overlays', SAMPLES], 2, 'lies among the pictures that are read'],
    ['overlays that are a file', ['--overlays', SAMPLE], 2, 'is a file. Name a folder.'],
  ])('%s', async (_, args, code, message) => {
    const [actual, text] = await annotate(...args)
    expect(text).toContain(message)
    expect(actual).toBe(code)
    expect(readdirSync('.')).toEqual([])
  })

  it('overlays below a folder that is read', async () => {
    const [code, text] = await refused('annotate', SAMPLES, '--prompt', 'x', '--overlays', join(SAMPLES, 'out', 'new'))
    expect([code, text]).toEqual([2, expect.stringContaining('lies among the pictures')])
  })

  it('a project that is a folder, and one that is no project: the file stays as it is', async () => {
    expect(await annotate('--project', '.')).toEqual([2, expect.stringContaining('--project "." is a folder. Name a file, e.g. "annotations.marquee".')])
    writeFileSync('notes.txt', 'my notes')
    expect(await annotate('--project', 'notes.txt')).toEqual([3, expect.stringContaining('"notes.txt" is not a Marquee project')])
    expect(readFileSync('notes.txt', 'utf8')).toBe('my notes')
  })
})

describe('projects', () => {
  async function project(change: (db: Database.Database) => void): Promise<string> {
    const made = await openProject('a.marquee', { create: true })
    made.labels.ensure('red circle')
    made.close()
    const db = new Database('a.marquee')
    change(db)
    db.close()
    return 'a.marquee'
  }

  it.each([
    ['annotate', (file: string) => ['annotate', SAMPLE, '--prompt', 'x', '--project', file]],
    ['export', (file: string) => ['export', file, '--out', 'x.json']],
  ])('%s refuses one of a newer version and leaves it', async (_, args) => {
    const file = await project((db) => db.pragma('user_version = 99'))
    const [code, text] = await refused(...args(file))
    expect(text).toContain('"a.marquee" was made by a newer Marquee (format 99')
    expect(code).toBe(3)
    expect(readdirSync('.')).toEqual(['a.marquee'])
  })

  it.each([
    ['one that is not there', ['export', 'nope.marquee', '--out', 'x.json'], 3, 'There is no project at "nope.marquee". Check the path.'],
    ['another program\'s database', ['export', 'other.db', '--out', 'x.json'], 2, 'is not a Marquee project but another program'],
    ['no place to write', ['export', 'a.marquee'], 2, "required option '-o, --out <path>' not specified"],
    ['a folder with other files for coco', ['export', 'a.marquee', '--out', '.'], 2, 'holds other files (a.marquee)'],
    ['a file for voc', ['export', 'a.marquee', '--format', 'voc', '--out', 'other.db'], 2, '--out "other.db" is a file. Name a folder.'],
    ['the project itself', ['export', 'a.marquee', '--out', 'a.marquee'], 2, 'is the project itself'],
    ['an unknown format', ['export', 'a.marquee', '--format', 'yolo9', '--out', 'x'], 2, 'Allowed choices are coco, '],
    ['an unknown label', ['export', 'a.marquee', '--labels', 'red circle,car', '--out', 'x'], 2, 'The project has no label "car". Labels: red circle.'],
    ['an unknown state', ['export', 'a.marquee', '--states', 'done', '--out', 'x'], 2, 'Write accepted, proposed, or accepted,proposed.'],
    ['an option of coco with voc', ['export', 'a.marquee', '--format', 'voc', '--masks', 'rle', '--out', 'x'], 2, 'masks=rle is not understood. Options: '],
  ])('export refuses %s', async (_, args, code, message) => {
    await project(() => undefined)
    const db = new Database('other.db')
    db.exec('CREATE TABLE a (b)')
    db.close()
    const [actual, text] = await refused(...args)
    expect(text).toContain(message)
    expect(actual).toBe(code)
    expect(readdirSync('.').sort()).toEqual(['a.marquee', 'other.db'])
  })
})

describe('score', () => {
  it.each([
    ['a file that is not there', 'nope.json', 3, 'There is no file "nope.json". Check the path.'],
    ['a folder', '.', 2, '"." is a folder. Name the COCO JSON file in it.'],
    ['no JSON', 'text.json', 2, '"text.json" is not JSON: Unexpected token'],
    ['JSON that is no COCO', 'other.json', 2, 'The results file is no COCO file'],
  ])('refuses %s', async (_, file, code, message) => {
    writeFileSync('text.json', 'hello\nworld')
    writeFileSync('other.json', '{"a": 1}')
    const [actual, text] = await refused('score', file, join(SAMPLES, 'truth.json'))
    expect(text).toContain(message)
    expect(text.trim().split('\n')).toHaveLength(1)
    expect(actual).toBe(code)
  })

  it('refuses a map that is none, and one to a label the truth lacks', async () => {
    const truth = join(SAMPLES, 'truth.json')
    expect(await refused('score', truth, truth, '--map', 'lesion')).toEqual([2, expect.stringContaining('--map "lesion": write it as')])
    expect(await refused('score', truth, truth, '--map', 'red circle=car')).toEqual([2, expect.stringContaining('The truth has no label "car"')])
  })
})

describe('models and doctor', () => {
  it.each([
    ['an unknown model', ['models', 'install', 'gpt'], 3, 'There is no model "gpt"'],
    ['verify of one that is not installed', ['models', 'verify', 'sam2.1-tiny'], 3, 'is not installed'],
    ['removal of what ships', ['models', 'remove', 'demo-sam2'], 2, "ships with the program and can't be removed"],
    ['an unknown device', ['doctor', '--device', 'npu'], 2, 'There is no device "npu"'],
    ['no command', [], 2, 'Usage: marquee'],
  ])('%s', async (_, args, code, message) => {
    const [actual, text] = await refused(...args)
    expect(text).toContain(message)
    expect(actual).toBe(code)
  })
})

describe('--json', () => {
  it.each([
    ['of the command line', ['annotate', SAMPLE, '--frob'], 2, 'invalid-argument', "unknown option '--frob'"],
    ['of what it names', ['annotate', 'nope', '--prompt', 'x'], 3, 'not-found', 'There is no file or folder "nope"'],
    ['without a command', [], 2, 'invalid-argument', 'A command is missing'],
  ])('gives an error %s as one object', async (_, args, code, name, message) => {
    const { code: actual, value } = await marqueeJson<{ error: { code: string; message: string } }>(...args)
    expect(value.error).toMatchObject({ code: name, message: expect.stringContaining(message) as string })
    expect(actual).toBe(code)
  })
})

describe('paths', () => {
  it('are meant from where the person is, not from where npm runs scripts', async () => {
    const env = { npm_lifecycle_event: 'marquee', INIT_CWD: folder }
    const { code, err } = await startMarquee(['annotate', '.', '--prompt', 'x'], { cwd: SAMPLES, env }).ended
    expect([code, err]).toEqual([3, expect.stringContaining('There is no picture in "."')])
  })
})

describe('help', () => {
  it('is no error, and names the exit codes', async () => {
    const { code, out } = await marquee('--help')
    expect(code).toBe(0)
    expect(out).toContain('annotate [options] <paths...>')
    expect(out).toContain('Exit codes: 0 done, 1 done but for what is listed, 2 wrong command line, 3 could not run, 130 interrupted')
  })
})

/** Rights bind nobody who is root: then the process runs as the user nobody, who must be able to read the program. */
const asUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
const canRun = process.platform !== 'win32' && spawnSync(process.execPath, [join(ROOT, 'src', 'cli', 'index.ts'), '--help'], asUser).status === 0

describe.skipIf(!canRun)('places that may not be written (skipped where no unprivileged process can run the program)', () => {
  let closed = ''
  beforeAll(() => {
    chmodSync(base, 0o755)
  })
  beforeEach(() => {
    closed = join(folder, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o555)
  })

  it.each([
    ['the export', ['--project', '/tmp/marquee-never.marquee', '--out', 'closed/x.json'], '--out "closed/x.json" can\'t be written there.'],
    ['overlays', ['--project', '/tmp/marquee-never.marquee', '--overlays', 'closed/new'], '--overlays "closed/new" can\'t be written there.'],
    ['the project', ['--project', 'closed/x.marquee'], '--project'],
  ])('%s', async (_, args, message) => {
    const { code, err } = await startMarquee(['annotate', SAMPLE, '--prompt', 'x', ...args], { ...asUser, cwd: folder }).ended
    expect(err).toContain(message)
    expect(err).toContain("can't be written there. Choose a folder that is yours.")
    expect(code).toBe(3)
    expect(readdirSync(closed)).toEqual([])
  })
})
