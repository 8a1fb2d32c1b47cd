import { describe, expect, it } from 'vitest'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import { ImageId } from '../../../src/shared/model.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder, scanned } from '../../helpers/projects.ts'

const folder = projectFolder()
const NFC = 'fotos/\u00fcber \u6771\u4eac.png'
const NFD = NFC.normalize('NFD')

describe('sources', () => {
  it('are kept once', async () => {
    const project = await folder.create()
    const photos = project.sources.add('/photos')
    expect(project.sources.add('/photos')).toEqual(photos)
    const scans = project.sources.add('/scans')
    expect(project.sources.list()).toEqual([photos, scans])
    expect(project.sources.get(scans.id).root).toBe('/scans')
    expect(() => project.sources.get(9)).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})

describe('images.upsert', () => {
  it('keeps all a scan knows, and where the file lies', async () => {
    const project = await folder.create()
    const source = project.sources.add('/photos')
    const file = scanned('a/b c.tif', { orientation: 6, depth: 16, frames: 3, status: 'failed', problem: 'Cut off.', contentHash: 'f00' })
    const { ids, added } = project.images.upsert(source.id, [file])
    expect(added).toBe(1)
    const image = project.images.get(ids[0]!)
    expect(image).toEqual({ ...file, id: ids[0], revision: 0, sourceId: source.id })
    expect(project.images.fileOf(image)).toBe('/photos/a/b c.tif')
  })

  it('knows a file again and keeps its annotations and, while it is the same file, its hash', async () => {
    const project = await folder.create()
    const { sourceId, ids } = fill(project, 1)
    const changes = { ...EMPTY_CHANGES, added: [annotation(1)] }
    project.annotations.apply({ imageId: ids[0]!, baseRevision: 0, changes, actor: 'a', reason: 'r' })
    project.images.setContentHash(ids[0]!, 'abc')
    expect(project.images.upsert(sourceId, [scanned('0.png', { width: 641 })])).toEqual({ ids, added: 0, removed: [] })
    expect(project.images.get(ids[0]!)).toMatchObject({ width: 641, contentHash: 'abc', revision: 1 })
    project.images.upsert(sourceId, [scanned('0.png', { mtime: 1.8e12 })])
    expect(project.images.get(ids[0]!).contentHash).toBeNull()
    expect(project.annotations.load(ids[0]!).annotations).toHaveLength(1)
  })

  it('takes a name in another Unicode normal form for the same file, and finds it by either', async () => {
    const project = await folder.create()
    const source = project.sources.add('/photos')
    const { ids } = project.images.upsert(source.id, [scanned(NFD)])
    expect(NFC).not.toBe(NFD)
    expect(project.images.byPath(source.id, NFC)?.id).toBe(ids[0])
    expect(project.images.byPath(source.id, NFD)?.path).toBe(NFD)
    expect(project.images.upsert(source.id, [scanned(NFC)])).toEqual({ ids, added: 0, removed: [] })
    expect(project.images.get(ids[0]!).path).toBe(NFC)
    expect(project.images.byPath(source.id, 'other.png')).toBeNull()
    expect(project.images.byPath(source.id + 1, NFC)).toBeNull()
  })

  it('keeps two files apart whose names differ in normal form only', async () => {
    const project = await folder.create()
    const source = project.sources.add('/photos')
    const files = [scanned(NFC, { size: 1 }), scanned(NFD, { size: 2 })]
    const { ids } = project.images.upsert(source.id, files)
    expect(new Set(ids).size).toBe(2)
    expect(project.images.upsert(source.id, files)).toEqual({ ids, added: 0, removed: [] })
    expect(project.images.byPath(source.id, NFD)?.size).toBe(2)
  })

  it('takes all or nothing', async () => {
    const project = await folder.create()
    const source = project.sources.add('/photos')
    const files = [scanned('a.png'), scanned('b.png', { orientation: 9 })]
    expect(() => project.images.upsert(source.id, files)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    expect(project.images.count()).toBe(0)
    expect(() => project.images.upsert(99, [scanned('a.png')])).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

describe('listing images', () => {
  it('counts by status and keeps the problem', async () => {
    const project = await folder.create()
    const { ids } = fill(project, 3)
    expect(project.images.countsByStatus()).toEqual({ ok: 3, failed: 0, missing: 0 })
    project.images.setStatus(ids[1]!, 'missing', 'The file is gone.')
    expect(project.images.countsByStatus()).toEqual({ ok: 2, failed: 0, missing: 1 })
    expect(project.images.get(ids[1]!).problem).toBe('The file is gone.')
    const unknown = ImageId.parse(99)
    for (const call of [
      () => project.images.get(unknown),
      () => {
        project.images.setStatus(unknown, 'ok', null)
      },
      () => {
        project.images.setContentHash(unknown, 'x')
      },
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'not-found' }))
    }
  })

  it('shows how many annotations are accepted and proposed', async () => {
    const project = await folder.create()
    const { ids } = fill(project, 3)
    const imageId = ids[1]!
    const added = [annotation(1, { imageId }), annotation(2, { imageId, state: 'proposed' }), annotation(3, { imageId, state: 'proposed' })]
    project.annotations.apply({ imageId, baseRevision: 0, changes: { ...EMPTY_CHANGES, added }, actor: 'a', reason: 'r' })
    const rows = project.images.page(1, 5)
    expect(rows.map(({ index, path, accepted, proposed }) => [index, path, accepted, proposed])).toEqual([
      [1, '1.png', 1, 2],
      [2, '2.png', 0, 0],
    ])
  })

  it('holds 100,000 images and goes through them page by page', async () => {
    const project = await folder.create()
    const { sourceId, ids } = fill(project, 100_000)
    expect(project.images.count()).toBe(100_000)
    expect(project.images.page(99_990, 100).map(({ index }) => index)).toEqual([...Array(10).keys()].map((n) => 99_990 + n))
    let n = 0
    for (const { id, path } of project.images.iterate()) {
      if (id !== ids[n] || path !== `${String(n)}.png`) expect.fail(`image ${String(n)} is out of order`)
      n++
    }
    expect(n).toBe(100_000)
    expect(project.images.byPath(sourceId, '77777.png')?.id).toBe(ids[77_777])
  })
})
