/** Datasets made to do harm, brought in as a person would: each ends with words that name the file, and with little memory. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { PICTURE, PLAIN, SMALL_FILES } from '../../helpers/smallFiles.ts'

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
  expect(Object.keys(SMALL_FILES).sort()).toEqual(IMPORT_FORMATS.map(({ id }) => id).sort())
})

describe.each(Object.entries(SMALL_FILES))('%s', (format, { file, files }) => {
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
