/** No room left in the middle of an import. */
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ZipFile } from 'yazl'
import { importDataset } from '../../../../src/core/services/importing/importDataset.ts'
import { undoImport } from '../../../../src/core/services/importing/undoImport.ts'
import { unzip } from '../../../../src/core/services/importing/unzip.ts'
import { Connection } from '../../../../src/core/store/connection.ts'
import type { Project } from '../../../../src/core/store/project.ts'
import { sayProblem } from '../../../../src/renderer/i18n/problems.ts'
import { projectFolder } from '../../../helpers/projects.ts'
import { importWish } from '../../../helpers/serviceTrips.ts'

const projects = projectFolder()
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'full-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const IMAGES = 3000
const OBJECTS = 2

function dataset(): string {
  const images = Array.from({ length: IMAGES }, (_, id) => ({ id, file_name: `${id}.jpg`, width: 640, height: 480 }))
  const annotations = Array.from({ length: IMAGES * OBJECTS }, (_, id) => ({ id, image_id: id % IMAGES, category_id: 1, bbox: [id % 600, 5, 9, 7] }))
  writeFileSync(join(folder, 'instances.json'), JSON.stringify({ images, categories: [{ id: 1, name: 'car' }], annotations }))
  return folder
}

/** A project, and what says how many pages its file may have. */
async function limited(): Promise<{ project: Project; pages: () => number; room: (pages: number | null) => void }> {
  const opened: Connection[] = []
  const { pragma } = Connection.prototype
  const spy = vi.spyOn(Connection.prototype, 'pragma').mockImplementation(function (this: Connection, text: string) {
    opened.push(this)
    return pragma.call(this, text)
  })
  const project = await projects.create()
  spy.mockRestore()
  const connection = opened.at(-1)!
  const pages = () => Number(connection.pragma('page_count'))
  const room = (more: number | null) => connection.pragma(`max_page_count = ${more === null ? 2 ** 30 : pages() + more}`)
  return { project, pages, room }
}

/** Every image with all of its objects or none; how many there are. */
function wholeObjects(project: Project): number {
  expect(project.check()).toEqual([])
  expect(project.log.verify().ok).toBe(true)
  const counts = [...project.images.iterate()].map(({ id }) => project.annotations.load(id).annotations.length)
  expect(counts.filter((count) => count !== 0 && count !== OBJECTS)).toEqual([])
  return counts.reduce((sum, count) => sum + count, 0)
}

describe('a full disk', () => {
  it('ends an import with words; what came in is whole, and once there is room the rest comes', async () => {
    const wish = importWish(dataset(), { missing: 'keep' })
    const whole = await limited()
    await importDataset(whole.project, wish)
    const { project, pages, room } = await limited()
    room(Math.round(0.6 * (whole.pages() - pages())))
    const failure: unknown = await importDataset(project, wish).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'disk-full', message: '"test.marquee" could not be written: the disk is full or gone. Make room and try again. What was saved before is safe.' })
    expect(sayProblem((failure as Error).message, 'zh-CN')).toContain('磁盘已满')
    const before = wholeObjects(project)
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(IMAGES * OBJECTS)
    expect(project.imports.list()).toMatchObject([{ state: 'open' }])
    room(null)
    expect((await importDataset(project, wish)).objects).toMatchObject({ added: IMAGES * OBJECTS - before, known: before })
    expect(wholeObjects(project)).toBe(IMAGES * OBJECTS)
  })

  it('ends taking an import back likewise', async () => {
    const { project, room } = await limited()
    await importDataset(project, importWish(dataset(), { missing: 'keep' }))
    room(20)
    await expect(undoImport(project, 1)).rejects.toMatchObject({ code: 'disk-full' })
    const left = wholeObjects(project)
    expect(left).toBeGreaterThan(0)
    room(null)
    expect(await undoImport(project, 1)).toMatchObject({ removed: left })
  })

  it.skipIf(!existsSync('/dev/full'))('is said of an archive that can not be unpacked (skipped without /dev/full)', async () => {
    const zip = new ZipFile()
    zip.addBuffer(Buffer.alloc(2 ** 20, 7), 'a.png', { compress: false })
    zip.end()
    const file = join(folder, 'set.zip')
    const chunks: Buffer[] = []
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
    writeFileSync(file, Buffer.concat(chunks))
    symlinkSync('/dev/full', join(folder, 'a.png'))
    await expect(unzip(file, folder)).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('no room to unpack') as string })
  })
})
