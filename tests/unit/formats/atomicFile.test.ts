import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomically, writeFolderAtomically } from '../../../src/core/formats/common/files/atomicFile.ts'

const HOST = hostname().replace(/\W/g, '').slice(0, 20)
/** The id of a process that has ended. */
const DEAD = String(spawnSync(process.execPath, ['-e', '']).pid)
const LIVE = String(process.pid)

const made: string[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-atomic-'))
  made.push(folder)
})
afterAll(() => Promise.all(made.map((one) => rm(one, { recursive: true, force: true }))))

const leave = async (...names: string[]) => {
  for (const name of names) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'a.txt'), 'a')
  }
}
const writeOut = (out = join(folder, 'out')) => writeFolderAtomically(out, ['a.txt'], (place) => writeFile(join(place, 'a.txt'), 'new'))

describe('a folder that is written', () => {
  it('clears what a killed write to the same place left, and nothing else', async () => {
    const kept = [`.out.${HOST}-${LIVE}-abcdef`, `.other.${HOST}-${DEAD}-abcdef`, `.out.elsewhere-${DEAD}-abcdef`, '.out.mine', `.out.${HOST}-${DEAD}`]
    await leave('out', `.out.${HOST}-${DEAD}-abcdef`, `.out.${HOST}-${DEAD}-ghijkl.old`, ...kept)
    await writeOut()
    expect((await readdir(folder)).sort()).toEqual(['out', ...kept].sort())
    expect(await readFile(join(folder, 'out/a.txt'), 'utf8')).toBe('new')
  })

  it('leaves what was moved aside where it is the last copy', async () => {
    await leave(`.out.${HOST}-${DEAD}-ghijkl.old`)
    await writeOut()
    expect((await readdir(folder)).sort()).toEqual([`.out.${HOST}-${DEAD}-ghijkl.old`, 'out'])
  })

  it('tells of a file that fails by the place it was to come to', async () => {
    const out = join(folder, 'out')
    const failing = writeFolderAtomically(out, [], async (place) => {
      await mkdir(join(place, 'set.json'))
      await writeFileAtomically(join(place, 'set.json'), (sink) => sink.write('{}'))
    })
    const told = await failing.catch((error: Error) => error.message)
    expect(told).toContain(`Export to ${join(out, 'set.json')} failed`)
    expect(told).not.toContain('.out.')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a file that is written', () => {
  it('clears what a killed write to the same place left, and nothing else', async () => {
    await writeFile(join(folder, `.a.json.${HOST}-${DEAD}-0-1.tmp`), '')
    await writeFile(join(folder, `.a.json.${HOST}-${DEAD}-0-1.tail.tmp`), '')
    await writeFile(join(folder, `.b.json.${HOST}-${DEAD}-0-1.tmp`), '')
    await writeFileAtomically(join(folder, 'a.json'), (sink) => sink.write('{}'))
    expect((await readdir(folder)).sort()).toEqual([`.b.json.${HOST}-${DEAD}-0-1.tmp`, 'a.json'])
  })
})
