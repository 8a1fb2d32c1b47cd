/**
 * Datasets of other tools in, out to every format that can hold them, and back, with nothing lost without a word. What came
 * of it is kept in tests/golden/formats/datasets.json (MARQUEE_GOLDEN=write makes it anew).
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { importDataset } from '../../../src/core/services/importing/importDataset.ts'
import type { ImportReport } from '../../../src/core/services/importing/importReport.ts'
import { openProject } from '../../../src/core/store/project.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { PLAIN_WAYS, byLastWord, expectHeld, importWish, sendOut, trip } from '../../helpers/serviceTrips.ts'
import type { Way } from '../../helpers/serviceTrips.ts'

const DATASETS = join(import.meta.dirname, '../../../../shared/testdata/datasets')
const GOLDEN = join(import.meta.dirname, '../../golden/formats/datasets.json')
const WRITES = process.env['MARQUEE_GOLDEN'] === 'write'
const places = existsSync(DATASETS) ? readdirSync(DATASETS).flatMap((kind) => readdirSync(join(DATASETS, kind)).map((name) => `${kind}/${name}`)).sort() : []

const folder = mkdtempSync(join(tmpdir(), 'datasets-'))
const open: Project[] = []
afterAll(() => {
  for (const project of open) project.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Row {
  readonly images: number
  readonly objects: ImportReport['objects']
  /** How often something was said about a file. */
  readonly said: number
  /** By format: objects written and, where it is not 0, those left out with words. */
  readonly out: Record<string, string>
}
const rows: Record<string, Row> = {}

/** Each format that a place can be read as, with a project that holds it. */
async function readIn(place: string): Promise<Map<string, { project: Project; report: ImportReport }>> {
  const read = async (format: string) => {
    const project = await openProject(join(mkdtempSync(join(folder, 'project-')), 'p.marquee'), { create: true })
    open.push(project)
    const wish = importWish(join(DATASETS, place), { format, missing: 'keep' })
    const report = await importDataset(project, wish)
    expect((await importDataset(project, wish)).objects).toEqual({ ...report.objects, added: 0, known: report.objects.added })
    return { project, report }
  }
  try {
    return new Map([[place, await read('auto')]])
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'ambiguous-dataset' || error.details?.['option'] !== 'format') throw error
    const choices = String(error.details['choices']).split(',')
    return new Map(await Promise.all(choices.map(async (format) => [`${place} as ${format}`, await read(format)] as const)))
  }
}

/** What was written of how much; also that nothing less is written unless it is confirmed. */
async function outAndBack(project: Project, way: Way): Promise<string> {
  if (project.images.count() === 0) {
    await expect(sendOut(project, way, folder, { allowIncomplete: false })).rejects.toThrow('There is nothing to export')
    return 'nothing'
  }
  const done = await trip(project, way, folder, { missing: 'keep' })
  const strict = expect(sendOut(project, way, folder, { allowIncomplete: false }).catch((error: AppError) => ({ refused: error.message }))).resolves
  if (!done) {
    await strict.toMatchObject({ refused: expect.stringMatching(/^There is nothing to export|^Only 0 of/) as string })
    return 'nothing'
  }
  open.push(done.project)
  await expectHeld(project, way, done, byLastWord)
  const { asked, skipped } = done.written
  for (const { image, reason } of skipped) expect([image, reason]).not.toContain('')
  const lost = skipped.reduce((sum, { objects }) => sum + objects, 0)
  const refused = asked === 0 ? 'There is nothing to export' : `Only ${asked - lost} of ${asked} objects can be written in this format (${skipped.find(({ objects }) => objects > 0)?.image}: `
  await strict.toMatchObject(asked === 0 || lost > 0 ? { refused: expect.stringContaining(refused) as string } : { asked, skipped })
  return lost > 0 ? `${asked - lost}, ${lost} left out` : String(asked)
}

describe.skipIf(places.length === 0)('a dataset of another tool (skipped without ../shared/testdata)', () => {
  it.each(places)('%s goes in, out to every format, and back', async (place) => {
    for (const [name, { project, report }] of await readIn(place)) {
      const { seen, added, known, leftOut } = report.objects
      expect(added + known + leftOut).toBe(seen)
      for (const { file, reason } of report.problems) expect([file, reason]).not.toContain('')
      const out: Record<string, string> = {}
      for (const way of PLAIN_WAYS) out[way.name] = await outAndBack(project, way)
      rows[name] = { images: report.images.total, objects: report.objects, said: report.problems.length, out }
    }
  })

  it('with the same counts as committed', () => {
    if (WRITES) writeFileSync(GOLDEN, `${JSON.stringify(rows, null, 1)}\n`)
    expect(rows).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  })
})
