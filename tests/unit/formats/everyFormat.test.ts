/** Random projects through every format, and from each format into every other, by way of projects as a person would. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { importDataset } from '../../../src/core/services/importing/importDataset.ts'
import { undoImport } from '../../../src/core/services/importing/undoImport.ts'
import { openProject } from '../../../src/core/store/project.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { PLAIN_WAYS, bringIn, expectHeld, importWish, nearly, saidOf, sendOut, trip } from '../../helpers/serviceTrips.ts'
import type { Trip, Way } from '../../helpers/serviceTrips.ts'
import { storeWild, wildProjects } from '../../helpers/wildProjects.ts'
import type { WildProject } from '../../helpers/wildProjects.ts'

const way = (format: string, options: Record<string, string>): Way => ({ name: `${format} ${Object.values(options).join(' ')}`, format, options })
const FURTHER_WAYS: readonly Way[] = [
  way('coco', { masks: 'polygon' }),
  way('coco', { masks: 'rle' }),
  way('masks', { kind: 'labels' }),
  way('masks', { kind: 'index' }),
  way('qwen-vl', { style: 'ms-swift', negatives: 'none' }),
  way('yolo', { task: 'detect' }),
  way('yolo', { holes: 'split' }),
]
const COCO = PLAIN_WAYS.find(({ format }) => format === 'coco')!

// Hundreds of exports and imports on the disk: a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })

type Send = (project: Project, way: Way) => Promise<Trip | null>
type Property = (project: Project, send: Send) => Promise<void>

/** For a longer look: MARQUEE_RUNS=20. */
const TIMES = Number(process.env['MARQUEE_RUNS'] ?? 1)

/** A failing project is shrunk and shown with the seed that makes it again. */
function check(numRuns: number, most: number, property: Property): Promise<void> {
  const one = async (wild: WildProject) => {
    const folder = mkdtempSync(join(tmpdir(), 'every-'))
    const open: Project[] = []
    try {
      const project = await storeWild(wild, folder)
      open.push(project)
      const send: Send = async (from, by) => {
        const done = await trip(from, by, folder)
        if (!done) return null
        open.push(done.project)
        await expectHeld(from, by, done)
        return done
      }
      await property(project, send)
    } finally {
      for (const project of open) project.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return fc.assert(fc.asyncProperty(wildProjects(most), one), { numRuns: numRuns * TIMES })
}

describe.each([...PLAIN_WAYS, ...FURTHER_WAYS])('any project out to $name', (by) => {
  it('comes back as far as it is held, once, and can be taken back', async () => {
    await check(3, 4, async (project, send) => {
      const there = await send(project, by)
      if (!there) return
      const { project: again, read, out } = there
      const objects = again.annotations.count()
      expect((await bringIn(again, out, by, project)).objects).toEqual({ ...read.objects, added: 0, known: read.objects.seen })
      expect(again.annotations.count()).toBe(objects)
      expect(await undoImport(again, read.id!)).toMatchObject({ removed: objects, kept: 0 })
      expect(again.annotations.count()).toBe(0)
      expect((await bringIn(again, out, by, project)).objects).toEqual(read.objects)
      expect(again.check()).toEqual([])
    })
  })

  it('goes from there to COCO, back and to COCO again without losing a word more', async () => {
    await check(2, 3, async (project, send) => {
      const there = await send(project, by)
      const coco = there && (await send(there.project, COCO))
      const back = coco && (await send(coco.project, by))
      const again = back && (await send(back.project, COCO))
      if (again) expect(saidOf(again.project)).toEqual(saidOf(coco.project, nearly))
    })
  })
})

describe('from each format', () => {
  it.each(PLAIN_WAYS)('$name any project goes into every other', async (from) => {
    await check(1, 3, async (project, send) => {
      const first = await send(project, from)
      for (const into of PLAIN_WAYS) if (first) await send(first.project, into)
    })
  })
})

it.each(PLAIN_WAYS)('a project without an image goes out to $name when that is confirmed, and comes in again', async (by) => {
  const folder = mkdtempSync(join(tmpdir(), 'empty-'))
  const open: Project[] = []
  const project = async (name: string) => {
    open.push(await openProject(join(folder, name), { create: true }))
    return open.at(-1)!
  }
  try {
    for (const labels of [[], [{ name: 'car', source: null }]]) {
      const empty = await project(`empty${labels.length}.marquee`)
      empty.labels.ensureAll(labels)
      const written = await sendOut(empty, by, folder)
      expect(written).toMatchObject({ images: 0, asked: 0, skipped: [], verified: by.format === 'coco-results' ? expect.anything() : { images: 0, objects: 0 } })
      // By name: an empty folder or list is that of any format.
      const read = await importDataset(await project(`again${labels.length}.marquee`), importWish(written.path, { format: by.format }))
      expect(read).toMatchObject({ format: by.format, images: { total: 0 }, objects: { seen: 0 }, problems: [] })
    }
  } finally {
    for (const one of open) one.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
