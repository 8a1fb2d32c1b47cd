/** How windows learn of each other's changes. */
import { describe, expect, it } from 'vitest'
import { ChangeFeed } from '../../../src/core/services/changeFeed.ts'
import type { ImageId } from '../../../src/shared/model.ts'

const never = () => new AbortController().signal
const id = (n: number) => n as ImageId

describe('the feed of changes', () => {
  it('tells a new window at once where things stand, then only what came after', async () => {
    const feed = new ChangeFeed()
    feed.announce({ imageId: id(1) })
    const first = await feed.next(0, never())
    expect(first).toMatchObject({ imageIds: [1], labels: false, images: false, everything: false })
    feed.announce({ imageId: id(2), labels: true })
    feed.announce({ images: true })
    const second = await feed.next(first.sequence, never())
    expect(second).toMatchObject({ imageIds: [2], labels: true, images: true, everything: false })
    feed.announce({ imageId: id(3) })
    expect(await feed.next(second.sequence, never())).toMatchObject({ imageIds: [3], labels: false, images: false })
  })

  it('wakes every window that waits, each with the same', async () => {
    const feed = new ChangeFeed()
    const { sequence } = await feed.next(0, never())
    const windows = Array.from({ length: 50 }, () => feed.next(sequence, never()))
    feed.announce({ imageId: id(4) })
    for (const changes of await Promise.all(windows)) expect(changes).toMatchObject({ sequence: sequence + 1, imageIds: [4] })
  })

  it('forgets nothing, however much happened before a window asked', async () => {
    const feed = new ChangeFeed()
    const { sequence } = await feed.next(0, never())
    feed.announce({ labels: true })
    for (let n = 0; n < 20_000; n++) feed.announce({ imageId: id(n % 5000) })
    const changes = await feed.next(sequence, never())
    expect(changes).toMatchObject({ labels: true, images: false, everything: false })
    expect(new Set(changes.imageIds).size).toBe(5000)
    expect(changes.imageIds).toHaveLength(5000)
  })

  it('says that everything may have changed to a window of another project or of an earlier start', async () => {
    const feed = new ChangeFeed()
    const { sequence } = await feed.next(0, never())
    const waiting = feed.next(sequence, never())
    feed.announce({ imageId: id(1) })
    await waiting
    feed.restart()
    const after = await feed.next(sequence + 1, never())
    expect(after).toMatchObject({ imageIds: [], labels: true, images: true, everything: true })
    feed.announce({ imageId: id(2) })
    expect(await feed.next(after.sequence, never())).toMatchObject({ imageIds: [2], everything: false })
    for (const unknown of [1, 57, sequence - 1, sequence + 1000]) expect((await feed.next(unknown, never())).everything).toBe(true)
  })

  it('lets a window go when it stops asking or the project is closed', async () => {
    const feed = new ChangeFeed()
    const { sequence } = await feed.next(0, never())
    const gone = new AbortController()
    const waiting = [feed.next(sequence, gone.signal), feed.next(sequence, AbortSignal.abort())]
    gone.abort()
    for (const changes of await Promise.all(waiting)) expect(changes).toMatchObject({ sequence, imageIds: [], everything: false })
    const closed = feed.next(sequence, never())
    feed.end()
    expect((await closed).sequence).toBe(sequence)
  })
})
