/** `npm start` as a person runs it, without a browser: what it prints, opens, refuses and leaves behind. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile, chown } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openProject } from '../../../src/core/store/project.ts'
import { ask, connect, cookieOf, picture } from '../../unit/web/host.ts'

const START = fileURLToPath(new URL('../../../src/cli/start.ts', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../../../samples', import.meta.url))
/** Root may write everywhere, so rights are tried as somebody else. */
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

let folder: string
let pictures: string
let running: Started[]
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'marquee-start-')))
  pictures = join(folder, 'scans')
  await Promise.all([mkdir(pictures), mkdir(join(folder, 'window')), mkdir(join(folder, 'data'))])
  await writeFile(join(folder, 'window', 'index.html'), '<title>Marquee</title>')
  await Promise.all(['1.png', '2.png'].map((name) => picture(join(pictures, name))))
  running = []
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  await rm(folder, { recursive: true, force: true })
})

interface Started {
  readonly child: ChildProcess
  readonly text: () => string
  /** Exit code, or the signal. */
  readonly ended: Promise<number | string>
}

function start(args: readonly string[], env: Record<string, string> = {}, uid?: number): Started {
  const own = { ...process.env, HOME: folder, MARQUEE_DATA: join(folder, 'data'), MARQUEE_WINDOW: join(folder, 'window'), MARQUEE_PORT: '0', DISPLAY: '', ...env }
  const child = spawn(process.execPath, [START, '--no-open', ...args], { cwd: folder, env: own, ...(uid !== undefined && { uid, gid: uid }) })
  let text = ''
  const hear = (chunk: Buffer) => {
    text += String(chunk)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  running.push({ child, text: () => text, ended })
  return running.at(-1)!
}

/** Where it listens, once it says so. */
async function opened({ text, ended }: Started): Promise<{ port: number; token: string }> {
  let over = false
  void ended.then(() => (over = true))
  return vi.waitFor(
    () => {
      const found = /^ {2}(http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+)$/m.exec(text())
      if (!found && !over) throw new Error(`nothing yet: ${text()}`)
      if (!found) expect.fail(`it ended: ${text()}`)
      const url = new URL(found[1]!)
      return { port: Number(url.port), token: url.searchParams.get('token')! }
    },
    { timeout: 30_000, interval: 50 },
  )
}

/** How many images the project has once its scan is over. */
async function imagesOf(host: { port: number; token: string }): Promise<{ name: string; images: number }> {
  const { api, close } = await connect(host)
  const info = await vi.waitFor(
    async () => {
      const { scanning, name, images } = await api['project.info'](null)
      expect(scanning).toBe(false)
      expect(images).toBeGreaterThan(0)
      return { name, images }
    },
    { timeout: 30_000 },
  )
  close()
  return info
}

describe('npm start', () => {
  it('says where it opens and why there, gives the window, and opens the samples at first', async () => {
    const started = start([])
    const host = await opened(started)
    expect(started.text()).toMatch(/^Marquee opens in the browser, because (Electron's program is not installed|there is no display|no window was wanted)\.\nProject: .*samples\.marquee\n/)
    const page = await ask(host.port, '/', { headers: { Cookie: await cookieOf(host) } })
    expect(page.body.toString()).toContain('<title>Marquee</title>')
    const samples = (await readdir(SAMPLES)).filter((name) => /\.(png|jpg)$/.test(name)).length
    expect(await imagesOf(host)).toEqual({ name: 'samples.marquee', images: samples })
  })

  it('with a folder makes the project in it; without anything opens that again', async () => {
    const first = start([pictures])
    expect(await imagesOf(await opened(first))).toEqual({ name: 'scans.marquee', images: 2 })
    expect(existsSync(join(pictures, 'scans.marquee'))).toBe(true)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(await imagesOf(await opened(start([])))).toEqual({ name: 'scans.marquee', images: 2 })
  })

  it('with a project opens it, and shows its images though they lie outside the home folder', async () => {
    const file = join(folder, 'mine.marquee')
    await cp(SAMPLES, join(folder, 'far'), { recursive: true })
    await mkdir(join(folder, 'home'))
    await mkdir(join(folder, 'projects'))
    const project = await openProject(file, { create: true })
    const facts = { size: 1, mtime: 1, contentHash: null, width: 1, height: 1, orientation: 1, depth: 8, frames: 1, status: 'ok' as const, problem: null }
    project.images.upsert(project.sources.add(join(folder, 'far')).id, [{ path: 'shapes-01.png', ...facts }])
    project.close()
    const host = await opened(start([file], { HOME: join(folder, 'home') }))
    expect(await imagesOf(host)).toEqual({ name: 'mine.marquee', images: 1 })
    const shown = await ask(host.port, '/media/image/1', { headers: { Cookie: await cookieOf(host) } })
    expect([shown.status, shown.body.equals(await readFile(join(SAMPLES, 'shapes-01.png')))]).toEqual([200, true])
  })

  it.each([
    ['a path that is not there', ['gone'], {}, 3, /^marquee: There is nothing at .*gone\. Check the path\.$/m],
    ['a file that is no project', ['text.marquee'], {}, 3, /^marquee: .*text\.marquee/m],
    ['a port that is none', [], { MARQUEE_PORT: 'high' }, 2, /^marquee: MARQUEE_PORT is "high"\. Set it/m],
  ] as const)('refuses %s in words', async (_what, args, env, code, words) => {
    await writeFile(join(folder, 'text.marquee'), 'some text that is no database'.repeat(50))
    const started = start(args, env)
    expect(await started.ended).toBe(code)
    expect(started.text()).toMatch(words)
    expect(started.text()).not.toMatch(/\n\s+at /)
  })

  it('refuses a port that another program has, in words, and ends', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const started = start([pictures], { MARQUEE_PORT: String(port) })
    expect(await started.ended).toBe(2)
    expect(started.text()).toContain(`marquee: Port ${String(port)} can't be had: another program listens there.`)
    taken.close()
  })

  it('listens on the port it is told', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as { port: number }
    free.close()
    await once(free, 'close')
    expect((await opened(start([pictures], { MARQUEE_PORT: String(port) }))).port).toBe(port)
  })

  it.skipIf(process.platform === 'win32')('keeps the project of a folder that can not be written in the data folder', async () => {
    await chmod(pictures, 0o555)
    if (isRoot) await Promise.all([chown(folder, NOBODY, NOBODY), chown(join(folder, 'data'), NOBODY, NOBODY), chown(pictures, NOBODY, NOBODY)])
    const host = await opened(start([pictures], {}, isRoot ? NOBODY : undefined))
    const { name, images } = await imagesOf(host)
    expect(name).toMatch(/^scans-[0-9a-f]{8}\.marquee$/)
    expect(images).toBe(2)
    expect(existsSync(join(folder, 'data', 'projects', name))).toBe(true)
    expect((await readdir(pictures)).sort()).toEqual(['1.png', '2.png'])
  })

  it.skipIf(process.platform !== 'linux')('ends on Ctrl+C with nothing left: no engine, no log of the database (looks in /proc: Linux)', async () => {
    const started = start([pictures])
    const { api } = await connect(await opened(started))
    await api['models.prefetch']({ imageId: (await api['images.list']({ search: '', offset: 0, limit: 1 })).rows[0]!.id, frame: 0 })
    const { pid } = started.child
    const children = (await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')).trim().split(' ')
    expect(children.filter((child) => child !== '')).toHaveLength(1)
    started.child.kill('SIGINT')
    expect(await started.ended).toBe(0)
    await vi.waitFor(() => {
      expect(children.filter((child) => existsSync(`/proc/${child}`))).toEqual([])
    })
    expect((await readdir(pictures)).sort()).toEqual(['1.png', '2.png', 'scans.marquee'])
    expect(started.text()).not.toMatch(/marquee:|Error/)
  })

  it.skipIf(process.platform === 'win32')('ends on Ctrl+C in the middle of a scan, and of nothing to do', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, n) => cp(join(pictures, '1.png'), join(pictures, `copy-${String(n)}.png`))))
    const started = start([pictures])
    await opened(started)
    started.child.kill('SIGINT')
    expect(await started.ended).toBe(0)
    expect(started.text()).not.toMatch(/marquee:|Error/)
  })
})
