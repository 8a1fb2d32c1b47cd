/** An import, and the taking back of one, killed in the middle: what is done is whole, and either goes on. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it, vi } from 'vitest'
import { undoImport } from '../../../src/core/services/importing/undoImport.ts'
import { openProject } from '../../../src/core/store/project.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { marqueeJson, startMarquee, workFolder } from '../../helpers/runCli.ts'
import type { RunningCli } from '../../helpers/runCli.ts'

// Whole runs of the program, several in each test: a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })

const IMAGES = 8000
const OBJECTS = 3
const ALL = IMAGES * OBJECTS
const base = workFolder()

function dataset(name: string): string {
  const place = join(base, name)
  mkdirSync(place)
  const images = Array.from({ length: IMAGES }, (_, id) => ({ id, file_name: `${id}.jpg`, width: 640, height: 480 }))
  const annotations = Array.from({ length: ALL }, (_, id) => ({ id, image_id: id % IMAGES, category_id: 1, bbox: [id % 600, 5, 9, 7 + (id % 13)] }))
  writeFileSync(join(place, 'instances.json'), JSON.stringify({ images, categories: [{ id: 1, name: 'car' }], annotations }))
  return place
}

/** Annotations that another process has written until now; null while there is no project. */
function annotationsIn(file: string): number | null {
  if (!existsSync(file)) return null
  const database = new Database(file, { readonly: true, timeout: 10_000 })
  try {
    return (database.prepare('SELECT count(*) AS count FROM annotations').get() as { count: number }).count
  } catch {
    return null
  } finally {
    database.close()
  }
}

/** Kills the process once the project has more than none and less than all. */
async function killHalfWay({ child, ended }: RunningCli, file: string): Promise<void> {
  let isOver = false
  void ended.then(() => (isOver = true))
  for (let count = annotationsIn(file); count === null || count === 0 || count === ALL; count = annotationsIn(file)) {
    expect(isOver).toBe(false)
    await sleep(2)
  }
  child.kill('SIGKILL')
  expect((await ended).code).toBe('SIGKILL')
}

/** What is there is whole: every image has all of its objects or none; returns how many objects there are. */
async function wholeObjects(file: string, look: (project: Project) => void = () => undefined): Promise<number> {
  const project = await openProject(file)
  try {
    expect(project.check()).toEqual([])
    expect(project.log.verify().ok).toBe(true)
    const counts = [...project.images.iterate()].map(({ id }) => project.annotations.load(id).annotations.length)
    expect(counts.filter((count) => count !== 0 && count !== OBJECTS)).toEqual([])
    look(project)
    return counts.reduce((sum, count) => sum + count, 0)
  } finally {
    project.close()
  }
}

interface Objects {
  readonly objects: { readonly added: number; readonly known: number }
}

describe.skipIf(process.platform === 'win32')('killed half-way (POSIX signals)', () => {
  it('an import goes on with what is missing; taking it back, killed too, goes on with the rest', async () => {
    const place = dataset('set')
    const file = join(base, 'p.marquee')
    const bring = ['import', place, '--project', file, '--keep-missing']
    await killHalfWay(startMarquee(bring), file)
    const before = await wholeObjects(file, (project) => expect(project.imports.list()).toMatchObject([{ state: 'open' }]))
    expect(before).toBeGreaterThan(0)
    expect((await marqueeJson<Objects>(...bring)).value.objects).toMatchObject({ added: ALL - before, known: before })
    expect(await wholeObjects(file)).toBe(ALL)

    await killHalfWay(startMarquee(['import', '--project', file, '--undo', '1']), file)
    const left = await wholeObjects(file, (project) => expect(project.imports.list()).toMatchObject([{ state: 'finished' }]))
    expect(left).toBeLessThan(ALL)
    expect((await marqueeJson('import', '--project', file, '--undo', '1')).value).toMatchObject({ removed: left, kept: 0, labels: 1 })
    expect(await wholeObjects(file, (project) => expect(project.imports.list()).toMatchObject([{ state: 'undone' }]))).toBe(0)
    expect((await marqueeJson<Objects>(...bring)).value.objects).toMatchObject({ added: ALL })
  })

  it('an import that was half taken back comes again as far as it is gone', async () => {
    const place = dataset('again')
    const file = join(base, 'again.marquee')
    const bring = ['import', place, '--project', file, '--keep-missing']
    await marqueeJson(...bring)
    const project = await openProject(file)
    const stop = new AbortController()
    let turns = 0
    // Others are answered in between.
    const ticking = setInterval(() => turns++, 0)
    try {
      const onImages = (done: number) => {
        if (done > IMAGES / 2) stop.abort()
      }
      await expect(undoImport(project, 1, { signal: stop.signal, onImages })).rejects.toMatchObject({ code: 'cancelled' })
    } finally {
      clearInterval(ticking)
      project.close()
    }
    expect(turns).toBeGreaterThan(10)
    const left = await wholeObjects(file)
    expect(left).toBeGreaterThan(0)
    expect((await marqueeJson<Objects>(...bring)).value.objects).toMatchObject({ added: ALL - left, known: left })
    expect(await wholeObjects(file)).toBe(ALL)
  })
})
