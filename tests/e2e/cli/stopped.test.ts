/** Stopped in the middle, in every way there is: nothing that was done is lost or done twice. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { openProject } from '../../../src/core/store/project.ts'
import { smallSample, startMarquee, workFolder } from '../../helpers/runCli.ts'

// Whole runs of the program, twice in each test: a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })

const base = workFolder()

interface Report {
  readonly images: Record<string, number>
  readonly interrupted: boolean
  readonly problems: { error: string; state: string }[]
}

/** A folder of equal images, and the command that marks them. */
async function prepare(name: string, count: number, prompts: readonly string[]) {
  const input = join(base, name)
  mkdirSync(input)
  const first = await smallSample(join(input, '1.png'))
  for (let n = 2; n <= count; n++) cpSync(first, join(input, `${String(n)}.png`))
  const project = join(base, `${name}.marquee`)
  const args = ['--json', 'annotate', input, ...prompts.flatMap((words) => ['--prompt', words]), '--segmenter', 'demo-sam2', '--project', project]
  const start = () => startMarquee(args)
  const finish = async () => {
    const { code, out } = await start().ended
    return { code, report: JSON.parse(out) as Report }
  }
  return { project, start, finish }
}

/** Objects of each image; each image was written once only. Equal images have equal objects. */
async function expectWhole(file: string, count: number): Promise<void> {
  const project = await openProject(file)
  try {
    const images = [...project.images.iterate()]
    expect(images).toHaveLength(count)
    const objects = images.map(({ id }) => project.annotations.load(id).annotations.length)
    expect(objects).toEqual(new Array(count).fill(objects[0]))
    expect(objects[0]).toBeGreaterThan(0)
    expect(images.map(({ id }) => project.log.ofImage(id).length)).toEqual(new Array(count).fill(1))
    expect(project.log.verify()).toEqual({ ok: true, edits: count })
    expect(project.check()).toEqual([])
  } finally {
    project.close()
  }
}

function childrenOf(pid: number): number[] {
  if (process.platform === 'linux') return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).map(Number)
}

describe.skipIf(process.platform === 'win32')('annotate, stopped half-way (POSIX signals)', () => {
  it('by Ctrl+C: exit 130, what is done is kept, a second start does only the rest', async () => {
    const count = 6
    const { project, start, finish } = await prepare('interrupted', count, ['shapes'])
    const cli = start()
    await cli.seen(/^1\/6 /m)
    cli.child.kill('SIGINT')
    const { code, out, err } = await cli.ended
    expect(code).toBe(130)
    expect(err).toContain('Stopping: what is done is kept.')
    const { images, interrupted } = JSON.parse(out) as Report
    expect(interrupted).toBe(true)
    expect(images['done']).toBeGreaterThan(0)
    expect(images['pending']).toBeGreaterThan(0)
    expect(images['done']! + images['pending']!).toBe(count)
    const second = await finish()
    expect(second.code).toBe(0)
    expect(second.report.images).toMatchObject({ total: count, done: count, doneNow: count - images['done']! })
    await expectWhole(project, count)
  })

  it('by SIGKILL: a second start completes, nothing is lost or doubled', async () => {
    const count = 5
    const { project, start, finish } = await prepare('killed', count, ['shapes'])
    const cli = start()
    await cli.seen(/^1\/5 /m)
    cli.child.kill('SIGKILL')
    expect((await cli.ended).code).toBe('SIGKILL')
    const second = await finish()
    expect(second.code).toBe(0)
    expect(second.report.images).toMatchObject({ total: count, done: count, failed: 0 })
    expect(second.report.images['doneNow']).toBeLessThan(count)
    await expectWhole(project, count)
  })

  it('by the death of the engine: that image fails, the rest is done, exit 1; a second start does it', async () => {
    const count = 3
    // Many prompts keep the models busy on each image for far longer than the way from one to the next takes.
    const words = ['shapes', 'red circles', 'all stars', 'blue shapes', 'the triangle', 'dark lesions']
    const { project, start, finish } = await prepare('crashed', count, words)
    const cli = start()
    await cli.seen(/^1\/3 /m)
    await sleep(100)
    const [engine, ...others] = childrenOf(cli.child.pid!)
    expect(others).toEqual([])
    process.kill(engine!, 'SIGKILL')
    const { code, out } = await cli.ended
    const report = JSON.parse(out) as Report
    expect(report.images).toMatchObject({ total: count, done: count - 1, failed: 1, pending: 0 })
    expect(report.problems).toEqual([expect.objectContaining({ state: 'failed', error: expect.stringContaining('The engine stopped while it worked on this image (SIGKILL)') as string })])
    expect(code).toBe(1)
    const second = await finish()
    expect(second.code).toBe(0)
    expect(second.report.images).toMatchObject({ done: count, doneNow: 1, failed: 0 })
    await expectWhole(project, count)
  })
})
