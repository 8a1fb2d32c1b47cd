import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { Connection } from '../../../src/core/store/connection.ts'
import { openConnection } from '../../../src/core/store/open.ts'
import { openProject, projectOf } from '../../../src/core/store/project.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()
const WHO = { actor: 'tester', reason: 'test' }

describe('two writers', () => {
  /** The same project opened twice, with two annotations on its image. */
  async function twice() {
    const first = await folder.create()
    const { ids } = fill(first, 1)
    const second = folder.closing(await openProject(first.file, { busyTimeoutMs: 20 }))
    const edit = (project: typeof first, n: number, baseRevision: number) =>
      project.annotations.apply({ imageId: ids[0]!, baseRevision, changes: { ...EMPTY_CHANGES, added: [annotation(n)] }, ...WHO })
    return { first, second, imageId: ids[0]!, edit }
  }

  it('see each other; who comes second is refused and may reload', async () => {
    const { first, second, imageId, edit } = await twice()
    edit(first, 1, 0)
    expect(() => edit(second, 2, 0)).toThrow(expect.objectContaining({ code: 'stale-revision' }))
    const { annotations, revision } = second.annotations.load(imageId)
    expect(annotations).toEqual([annotation(1)])
    expect(edit(second, 2, revision)).toBe(2)
    expect(first.annotations.load(imageId).annotations).toHaveLength(2)
    expect(first.log.verify()).toEqual({ ok: true, edits: 2 })
  })

  it('wait for each other, and say so when it takes too long', async () => {
    const { first, second, imageId, edit } = await twice()
    first.transaction(() => {
      expect(() => edit(second, 1, 0)).toThrow(
        expect.objectContaining({ code: 'project-busy', message: expect.stringContaining('"test.marquee" is being written') as string }),
      )
      expect(second.annotations.load(imageId).annotations).toEqual([])
    })
    expect(edit(second, 1, 0)).toBe(1)
  })

  it('are refused while another program holds the whole file', async () => {
    const project = await folder.create()
    const { file } = project
    project.close()
    const holder = folder.closing(new Database(file))
    holder.pragma('locking_mode = EXCLUSIVE')
    holder.exec('BEGIN EXCLUSIVE')
    await expect(openProject(file, { busyTimeoutMs: 20 })).rejects.toMatchObject({ code: 'project-busy' })
  })
})

describe('a full disk', () => {
  it('stops the edit whole, and edits go on once there is room', async () => {
    const connection = folder.closing(await openConnection(folder.file(), { create: true }))
    const project = projectOf(connection)
    const { ids } = fill(project, 1)
    const imageId = ids[0]!
    const big = (n: number) => annotation(n, { attributes: { filler: 'x'.repeat(20_000) } })
    // SQLite answers a limit on pages with the code it gives for a full disk.
    const pages = connection.pragma('page_count') as number
    connection.pragma(`max_page_count = ${String(pages + 40)}`)
    let revision = 0
    const fillUp = () => {
      for (;;) revision = project.annotations.apply({ imageId, baseRevision: revision, changes: { ...EMPTY_CHANGES, added: [big(revision + 1)] }, ...WHO })
    }
    expect(fillUp).toThrow(
      expect.objectContaining({ code: 'disk-full', message: expect.stringMatching(/"test\.marquee".*Make room/) as string }),
    )
    expect(revision).toBeGreaterThan(0)
    const { annotations, revision: stored } = project.annotations.load(imageId)
    expect(stored).toBe(revision)
    expect(annotations).toHaveLength(revision)
    expect(project.check()).toEqual([])
    expect(project.log.verify()).toEqual({ ok: true, edits: revision })
    connection.pragma(`max_page_count = ${String(pages + 1000)}`)
    const changes = { ...EMPTY_CHANGES, added: [big(revision + 1)] }
    expect(project.annotations.apply({ imageId, baseRevision: revision, changes, ...WHO })).toBe(revision + 1)
  })
})

describe('errors of SQLite', () => {
  it('roll back, and others pass as they are', async () => {
    const project = await folder.create()
    const connection = folder.closing(new Connection(project.file, 0))
    const work = () =>
      connection.transaction(() => {
        connection.execute(`INSERT INTO sources (root) VALUES ('/a')`)
        throw new RangeError('mine')
      })
    expect(work).toThrow(RangeError)
    expect(project.sources.list()).toEqual([])
    expect(() => connection.prepare('SELECT nothing FROM nowhere')).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})
