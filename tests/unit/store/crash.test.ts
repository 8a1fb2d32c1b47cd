import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openProject } from '../../../src/core/store/project.ts'
import type { ImageId, LabelId } from '../../../src/shared/model.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const LOOP = join(import.meta.dirname, '../../helpers/editLoop.ts')
const KILLS = 8
const folder = projectFolder()

/** Lets a child edit, kills it at some moment, and gives the last revision it acknowledged. */
async function editAndKill(file: string, imageId: ImageId, labelId: LabelId, after: number): Promise<number> {
  const child = spawn(process.execPath, [LOOP, file, String(imageId), String(labelId)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  await sleep(after)
  child.kill('SIGKILL')
  const [, signal] = (await closed) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1))
}

it('loses no acknowledged edit when the program is killed at any moment', async () => {
  const file = folder.file()
  const fresh = await openProject(file, { create: true })
  const { ids, labelId } = fill(fresh, 1)
  fresh.close()
  let before = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = await editAndKill(file, ids[0]!, labelId, Math.random() * 60)
    const project = await openProject(file)
    const { annotations, revision } = project.annotations.load(ids[0]!)
    expect(acknowledged).toBeGreaterThan(before)
    // At most the one edit that was on disk but not yet told.
    expect(revision - acknowledged).toBeGreaterThanOrEqual(0)
    expect(revision - acknowledged).toBeLessThanOrEqual(1)
    // Ten are added one by one, the eleventh edit takes them away.
    expect(annotations).toHaveLength(revision % 11)
    expect(project.check()).toEqual([])
    expect(project.log.verify()).toEqual({ ok: true, edits: revision })
    project.close()
    before = revision
  }
})
