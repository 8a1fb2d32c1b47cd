import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Roots } from '../../../src/core/services/roots.ts'

let folder: string
let inside: string
let roots: Roots
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-roots-')))
  inside = join(folder, 'inside')
  await mkdir(join(inside, 'sub', 'deep'), { recursive: true })
  await mkdir(join(inside, '.hidden'))
  await mkdir(join(folder, 'outside'))
  await symlink(join(folder, 'outside'), join(inside, 'out'))
  await symlink(join(inside, 'sub'), join(inside, 'in'))
  await symlink(join(folder, 'outside', 'new'), join(inside, 'dangling'))
  await Promise.all(['a.jpg', 'B.PNG', 'notes.txt', 'noending', 'jpg'].map((name) => writeFile(join(inside, name), 'x')))
  roots = await Roots.of([inside, join(folder, 'gone')])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the folders a window may work in', () => {
  it('a path in them is given back as it really is, also where it is still to be made', async () => {
    expect(await roots.check(inside)).toBe(inside)
    expect(await roots.check(join(inside, 'in', 'deep'))).toBe(join(inside, 'sub', 'deep'))
    expect(await roots.check(join(inside, 'new.json'))).toBe(join(inside, 'new.json'))
    expect(await roots.check(join(inside, 'in', 'new', 'er', 'x.json'))).toBe(join(inside, 'sub', 'new', 'er', 'x.json'))
    expect(await roots.check(`${inside}/new/../sub/`)).toBe(join(inside, 'sub'))
  })

  it.each(['..', '../outside', '../inside-not', 'out', 'out/new/x.json', 'new/../../outside', 'dangling', 'dangling/x.json', '../../../../../../../etc/passwd'])(
    '%s leads out of them',
    async (path) => {
      await expect(roots.check(`${inside}/${path}`)).rejects.toMatchObject({ code: 'read-only', message: expect.stringContaining('Start Marquee with that folder') as string })
    },
  )

  it.each(['', 'sub', './sub', 'a\0b'])('%j is no whole path', async (path) => {
    await expect(roots.check(path)).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('lists folders and files that can be imported, counts pictures, and offers the parent only inside', async () => {
    await writeFile(join(inside, 'made.json'), '{}')
    expect(await roots.list(null)).toEqual({ path: inside, parent: null, folders: ['sub'], files: ['made.json'], images: 2 })
    expect(await roots.list(join(inside, 'in'))).toEqual({ path: join(inside, 'sub'), parent: inside, folders: ['deep'], files: [], images: 0 })
    await expect(roots.list(join(inside, 'a.jpg'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(roots.list(join(inside, 'new'))).rejects.toMatchObject({ code: 'not-found' })
  })
})
