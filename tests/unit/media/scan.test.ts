import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FoundFile, SkippedPath } from '../../../src/core/media/scan.ts'
import { scanPaths } from '../../../src/core/media/scan.ts'
import { saved, temporaryFolder } from './fixtures.ts'

const base = realpathSync(temporaryFolder())
const windows = process.platform === 'win32'

function folderWith(...files: string[]): string {
  const folder = mkdtempSync(join(base, 'scan-'))
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    saved(folder, file, Buffer.from(file))
  }
  return folder
}

async function scan(paths: string[]): Promise<{ found: FoundFile[]; names: string[]; skipped: SkippedPath[] }> {
  const skipped: SkippedPath[] = []
  const found: FoundFile[] = []
  for await (const file of scanPaths(paths, { onSkip: (skip) => skipped.push(skip) })) found.push(file)
  return { found, names: found.map((file) => file.relativePath), skipped }
}

describe('scanPaths', () => {
  it('goes through folders in natural order, files first, pictures only', async () => {
    const folder = folderWith('img10.png', 'img2.JPG', 'notes.txt', 'b/1.tiff', 'a/deep/x.webp', 'a/9.bmp', 'img1.jpeg', 'noending')
    const { found, names, skipped } = await scan([folder])
    expect(names).toEqual(['img1.jpeg', 'img2.JPG', 'img10.png', 'a/9.bmp', 'a/deep/x.webp', 'b/1.tiff'])
    expect(found[4]).toMatchObject({ root: folder, absolutePath: join(folder, 'a', 'deep', 'x.webp'), bytes: 'a/deep/x.webp'.length })
    expect(found[4]!.mtimeMs).toBeGreaterThan(1.6e12)
    expect(skipped).toEqual([])
  })

  it('keeps names as they are on disk', async () => {
    const names = ['cafe\u0301.png', 'снимок.png', '写真.png', '🦓.png', 'a b #1%20.png']
    expect(new Set((await scan([folderWith(...names)])).names)).toEqual(new Set(names))
  })

  it('takes a file named outright whatever its ending, and nothing twice', async () => {
    const folder = folderWith('odd.dat', '.hidden.png', 'sub/a.png')
    const { found, names } = await scan([join(folder, 'odd.dat'), join(folder, '.hidden.png'), folder, join(folder, 'sub', 'a.png')])
    expect(names).toEqual(['odd.dat', '.hidden.png', 'sub/a.png'])
    expect(found[0]!.root).toBe(folder)
  })

  it('passes over what is hidden and says so', async () => {
    const folder = folderWith('._a.png', '.git/x.png', 'a.png')
    const { names, skipped } = await scan([folder])
    expect(names).toEqual(['a.png'])
    expect(skipped.map(({ absolutePath, reason }) => [basename(absolutePath), reason])).toEqual([['._a.png', 'hidden'], ['.git', 'hidden']])
  })

  it.skipIf(windows)(`follows links, but not in circles${windows ? ' (skipped: links need rights on Windows)' : ''}`, async () => {
    const folder = folderWith('a/1.png')
    const other = folderWith('2.png')
    symlinkSync(folder, join(folder, 'a', 'loop'))
    symlinkSync(other, join(folder, 'elsewhere'))
    symlinkSync(join(other, '2.png'), join(folder, 'link.png'))
    symlinkSync(join(other, 'gone.png'), join(folder, 'broken.png'))
    const { names, skipped } = await scan([folder])
    expect(names).toEqual(['link.png', 'a/1.png', 'elsewhere/2.png'])
    expect(skipped.map(({ absolutePath, reason }) => [basename(absolutePath), reason])).toEqual([['broken.png', 'unreadable'], ['loop', 'loop']])
  })

  it('a path that is not there is an error with the path', async () => {
    const path = join(base, 'nowhere')
    await expect(scan([path])).rejects.toMatchObject({ name: 'AppError', code: 'not-found', message: expect.stringContaining(path) })
  })

  it('gives the first file before it looks at the last, and stops when told', async () => {
    const folder = folderWith('1.png', '2.png', '3.png')
    const controller = new AbortController()
    const files = scanPaths([folder], { signal: controller.signal })
    expect((await files.next()).value).toMatchObject({ relativePath: '1.png' })
    controller.abort()
    await expect(files.next()).rejects.toMatchObject({ code: 'cancelled' })
  })
})
