import { expect, it } from 'vitest'
import { ModelWork, type Work } from '../../../src/core/services/modelWork.ts'

const never = new AbortController().signal

/** One call that goes on until `end` is called. */
function begin(list: ModelWork, work: Work): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = list.during(work, () => promise)
  return () => {
    resolve()
    return done
  }
}

const now = async (list: ModelWork) => {
  const { now, waiting } = await list.next(0, never)
  return [now, waiting]
}

it('names what the engine does and counts what waits, in the order of its queue', async () => {
  const list = new ModelWork()
  expect(await now(list)).toEqual([null, 0])
  const endAhead = begin(list, 'reading-ahead')
  expect(await now(list)).toEqual(['reading-ahead', 0])
  // What a person asked for ends what is only done ahead.
  const endFirst = begin(list, 'proposing')
  expect(await now(list)).toEqual(['proposing', 1])
  const endSecond = begin(list, 'proposing')
  const endMasks = begin(list, 'masks')
  expect(await now(list)).toEqual(['proposing', 3])
  await endFirst()
  expect(await now(list)).toEqual(['masks', 2])
  await endMasks()
  await endSecond()
  expect(await now(list)).toEqual(['reading-ahead', 0])
  await endAhead()
  expect(await now(list)).toEqual([null, 0])
})

it('is not stuck by a call that failed', async () => {
  const list = new ModelWork()
  await expect(list.during('masks', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await now(list)).toEqual([null, 0])
})

it('answers who waits as soon as something happens, and at the end', async () => {
  const list = new ModelWork()
  const { sequence } = await list.next(0, never)
  const next = list.next(sequence, never)
  const end = begin(list, 'loading')
  expect(await next).toMatchObject({ now: 'loading' })
  await end()
  const last = list.next((await list.next(0, never)).sequence, never)
  list.end()
  expect(await last).toMatchObject({ now: null })
})
