/** A box the model got wrong is dragged by its edge, and its mask follows. */
import { expect, it } from 'vitest'
import type { Annotation } from '../../../src/shared/model.ts'
import { areaOf, windows } from '../../helpers/window.ts'

const open = windows()

it('an edge of a box is dragged in: the box ends there, its mask is made anew inside it, and undo brings both back', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await window.ask('red circle')
  await window.found()
  await window.press('Enter')
  const before = (await window.storedSoon((all) => all.length > 0 && all.every(({ state }) => state === 'accepted')))[0]!
  const { x0, y0, x1, y1 } = before.box
  const middle = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 }
  await window.click(middle)
  await window.page.getByRole('region', { name: 'Objects' }).getByRole('button', { pressed: true, name: 'red circle' }).first().waitFor()

  const edge = { x: x1, y: y0 + (y1 - y0) * 0.3 }
  await window.drag(edge, { x: middle.x + (x1 - middle.x) * 0.4, y: edge.y })
  const corrected = (all: readonly Annotation[]) => all.find(({ id, box }) => id === before.id && box.x1 < x1 - 10)
  const { box } = corrected(await window.storedSoon((all) => corrected(all) !== undefined))!
  // What the model says to this very box, not the old mask squeezed into it.
  const { masks } = await window.host.services.handlers['models.segment'](
    { imageId: before.imageId, frame: 0, prompts: [{ box, points: [] }] },
    { signal: new AbortController().signal, report: () => undefined },
  )
  const after = corrected(await window.storedSoon((all) => corrected(all)?.mask?.counts === masks[0]!.mask.counts))!
  await window.saved()
  expect(after.box).toMatchObject({ x0, y0, y1 })
  expect(after.mask!.size).toEqual(before.mask!.size)
  expect(areaOf(after)).toBeLessThan(areaOf(before))
  expect(areaOf(after)).toBeGreaterThan(0)

  await window.press('Control+z')
  const undone = await window.storedSoon((all) => all.some(({ id, box }) => id === before.id && box.x1 === x1))
  expect(undone.find(({ id }) => id === before.id)).toEqual(before)
})
