/** The services with the real engine process and the demo pair, on a sample image. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAppServices } from '../../../src/core/services/appServices.ts'
import { SAMPLES_FOLDER } from '../../../src/core/services/modelChoice.ts'
import { appContract } from '../../../src/shared/appContract.ts'
import type { ClientOf } from '../../../src/shared/contract.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import { createClient, serve } from '../../../src/shared/rpc.ts'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { channel } from '../../helpers/channel.ts'

let folder: string
let services: Awaited<ReturnType<typeof createAppServices>>
let api: ClientOf<typeof appContract>
let imageId: ImageId
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-engine-'))
  services = await createAppServices({ dataFolder: folder, projectFile: join(folder, 'samples.marquee') })
  const { near, far } = channel()
  serve(appContract, services.handlers, far)
  api = createClient(appContract, near)
  await api['images.add']({ paths: [join(SAMPLES_FOLDER, 'shapes-01.png')] })
  imageId = (await api['images.list']({ search: 'shapes-01', offset: 0, limit: 1 })).rows[0]!.id
})
afterAll(async () => {
  await services.close()
  await rm(folder, { recursive: true, force: true })
})

describe('on the sample images', () => {
  it('the demo pair answers, and its answer is kept word by word with what was made of it', async () => {
    expect(await api['models.status'](null)).toMatchObject({ demo: true, device: null, ms: null })
    const stages = new Set<string>()
    const prompts = [{ words: 'red circle', label: 'circle' }]
    const { answers, revision } = await api['models.propose']({ imageId, frame: 0, prompts, grid: 'off', minScore: 0 }, { onProgress: ({ stage }) => stages.add(stage) })
    expect(answers).toHaveLength(1)
    expect(answers[0]!.reply).toMatch(/<\|im_end\|>$/)
    expect(stages.has('boxes')).toBe(true)
    const { annotations, revision: stored } = await api['annotations.load']({ imageId })
    expect([stored, annotations.length]).toEqual([revision, answers[0]!.found])
    const { project } = services.session
    for (const { state, origin, provenanceId } of annotations) {
      expect([state, origin]).toEqual(['proposed', 'model'])
      expect(project.provenance.get(provenanceId!)).toMatchObject({ words: 'red circle', reply: answers[0]!.reply })
    }
    const status = await api['models.status'](null)
    expect(status.device).not.toBeNull()
    expect(status.ms!.boxes).toBeGreaterThan(0)
  })

  it('of many boxes in a row the last one is answered, those overtaken say so', async () => {
    const prompt = (n: number) => ({ imageId, frame: 0, prompts: [{ box: { x0: 10, y0: 10, x1: 200 + n, y1: 200 }, points: [] }] })
    await api['models.segment'](prompt(0))
    const answers = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => api['models.segment'](prompt(n))))
    const last = answers.at(-1)!
    expect(last.status).toBe('fulfilled')
    const overtaken = answers.filter((answer) => answer.status === 'rejected')
    expect(overtaken.length).toBeGreaterThan(0)
    for (const { reason } of overtaken) expect(reason).toMatchObject({ code: 'cancelled' })
    const { masks } = (last as PromiseFulfilledResult<Awaited<ReturnType<(typeof api)['models.segment']>>>).value
    expect(masks[0]!.mask.size).toEqual([(await api['images.get']({ imageId })).height, (await api['images.get']({ imageId })).width])
    expect(rleToBitmap(masks[0]!.mask).data.includes(1)).toBe(true)
    // Stored nowhere.
    const { annotations } = await api['annotations.load']({ imageId })
    expect(annotations.every(({ origin }) => origin === 'model')).toBe(true)
  })

  it('a proposal that is stopped leaves nothing', async () => {
    const before = await api['annotations.load']({ imageId })
    const stop = new AbortController()
    const asked = api['models.propose']({ imageId, frame: 0, prompts: [{ words: 'every shape there is', label: 'shape' }], grid: 'off', minScore: 0 }, { signal: stop.signal, onProgress: () => { stop.abort() } })
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    await api['models.prefetch']({ imageId, frame: 0 })
    expect(await api['annotations.load']({ imageId })).toEqual(before)
  })
})
