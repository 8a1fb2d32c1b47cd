/** The models' process dies in the middle of an answer. */
import { expect, it } from 'vitest'
import { createEngineClient, forkEngine, type EngineClient, type EngineProcess } from '../../../src/core/inference/engineClient.ts'
import { windows } from '../../helpers/window.ts'

const open = windows()

/** An engine whose process is killed at the first progress it reports. */
function engineKilledOnce(): EngineClient {
  let running: EngineProcess | null = null
  let killed = false
  const engine = createEngineClient({ launch: () => (running = forkEngine()) })
  const propose: EngineClient['propose'] = (args, options) => {
    const onProgress: NonNullable<typeof options>['onProgress'] = (progress) => {
      options?.onProgress?.(progress)
      if (!killed) running?.kill()
      killed = true
    }
    return engine.propose(args, { ...options, onProgress })
  }
  return { ...engine, propose }
}

it('says what happened and that it starts again; the next prompt is answered', async () => {
  const window = await open({ images: ['shapes-01.png'], engine: engineKilledOnce() })
  await window.ask('red circle')
  await window.page.getByText(/Could not look: The engine stopped while it worked on this image/).waitFor()
  expect(window.stored()).toEqual([])

  await window.ask('red circle')
  await window.found()
  await window.storedSoon((all) => all.length > 0)
  await window.press('Enter')
  await window.storedSoon((all) => all.every(({ state }) => state === 'accepted'))
})
