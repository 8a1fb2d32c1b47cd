/** Q: a left click adds, a right click takes away. How much is for the model to say; the demo model takes away little. */
import { expect, it } from 'vitest'
import { areaOf, windows } from '../../helpers/window.ts'

const open = windows()

it('a click makes an object, a left and a right click at one place change its mask differently, each is a step of undo', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await window.press('q')
  await window.page.getByRole('button', { name: 'Points', pressed: true }).waitFor()
  // The large red circle: its middle, and a place inside it near its edge.
  const [middle, place] = [{ x: 1014, y: 211 }, { x: 1014, y: 90 }]
  const counts = () => window.stored()[0]?.mask?.counts

  await window.click(middle)
  const [first] = await window.storedSoon((all) => all.length === 1 && all[0]!.mask !== null)
  expect(areaOf(first!)).toBeGreaterThan(0)

  await window.click(place, 'right')
  const [less] = await window.storedSoon(() => counts() !== first!.mask!.counts)
  await window.saved()
  await window.press('Control+z')
  await window.storedSoon(() => counts() === first!.mask!.counts)

  await window.click(place)
  const [more] = await window.storedSoon(() => counts() !== first!.mask!.counts)
  await window.saved()
  expect(more!.mask!.counts).not.toBe(less!.mask!.counts)
  expect([less!.id, more!.id]).toEqual([first!.id, first!.id])

  await window.press('Control+z')
  await window.storedSoon(() => counts() === first!.mask!.counts)
  await window.press('Control+z')
  await window.storedSoon((all) => all.length === 0)
})

it('a click outside the box of the selected object adds what lies there', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await window.press('r')
  await window.drag({ x: 920, y: 515 }, { x: 1105, y: 720 })
  const [triangle] = await window.storedSoon(([one]) => one !== undefined && one.mask !== null)
  await window.saved()
  await window.press('q')
  await window.click({ x: 187, y: 622 })
  const [both] = await window.storedSoon(([one]) => one!.box.x0 < 187)
  expect(both!.id).toBe(triangle!.id)
  expect(areaOf(both!)).toBeGreaterThan(areaOf(triangle!))
  expect(both!.box.x1).toBeGreaterThan(1000)
  await window.press('Control+z')
  await window.storedSoon(([one]) => one!.mask!.counts === triangle!.mask!.counts)
})
