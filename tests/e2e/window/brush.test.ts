/** Painting a mask and rubbing out what is too much. */
import { expect, it } from 'vitest'
import { rleToBitmap } from '../../../src/shared/rleString.ts'
import { areaOf, windows } from '../../helpers/window.ts'

const open = windows()

it('a stroke of the brush is a mask, another adds to it, the eraser takes away, and undo gives back', async () => {
  const window = await open({ images: ['shapes-04.png'] })
  await window.press('b')
  await window.page.getByRole('slider', { name: 'Brush size' }).waitFor()
  await window.drag({ x: 300, y: 300 }, { x: 500, y: 300 })
  const [line] = await window.storedSoon((all) => all.length === 1)
  expect(line).toMatchObject({ state: 'accepted', origin: 'drawn' })
  const isSet = (mask: typeof line, x: number, y: number) => rleToBitmap(mask!.mask!).data[y * 1200 + x] === 1
  expect([isSet(line, 310, 300), isSet(line, 490, 300), isSet(line, 400, 500)]).toEqual([true, true, false])

  await window.drag({ x: 400, y: 300 }, { x: 400, y: 500 })
  const [cross] = await window.storedSoon(([one]) => one!.mask!.counts !== line!.mask!.counts)
  expect(cross!.id).toBe(line!.id)
  expect(areaOf(cross!)).toBeGreaterThan(areaOf(line!))
  expect([isSet(cross, 310, 300), isSet(cross, 400, 490)]).toEqual([true, true])

  await window.press('e')
  await window.drag({ x: 300, y: 300 }, { x: 340, y: 300 })
  const [rubbed] = await window.storedSoon(([one]) => one!.mask!.counts !== cross!.mask!.counts)
  expect([isSet(rubbed, 310, 300), isSet(rubbed, 490, 300), isSet(rubbed, 400, 490)]).toEqual([false, true, true])

  await window.press('Control+z')
  await window.storedSoon(([one]) => one!.mask!.counts === cross!.mask!.counts)
})

it('[ and ] change the size of the stroke', async () => {
  const window = await open({ images: ['shapes-04.png'] })
  await window.press('b')
  await window.drag({ x: 300, y: 200 }, { x: 500, y: 200 })
  const [thin] = await window.storedSoon((all) => all.length === 1)
  await window.press('Escape')
  await window.press('b')
  for (let presses = 0; presses < 5; presses++) await window.press(']')
  await window.drag({ x: 300, y: 600 }, { x: 500, y: 600 })
  const thick = (await window.storedSoon((all) => all.length === 2)).find(({ id }) => id !== thin!.id)!
  const height = ({ box }: typeof thick) => box.y1 - box.y0
  expect(height(thick)).toBeGreaterThan(2 * height(thin!))
})
