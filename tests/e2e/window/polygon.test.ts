/** Corner by corner around a thing, then a corner is moved. */
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()

it('clicks set corners, Enter closes, a corner is dragged elsewhere, Alt takes one away', async () => {
  const window = await open({ images: ['shapes-04.png'] })
  await window.press('p')
  const corners = [{ x: 200, y: 200 }, { x: 600, y: 200 }, { x: 600, y: 500 }, { x: 200, y: 500 }]
  for (const corner of corners) await window.click(corner)
  expect(window.stored()).toEqual([])
  await window.press('Enter')
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  expect(drawn).toMatchObject({ state: 'accepted', origin: 'drawn', mask: null })
  const near = (ring: readonly number[], wanted: readonly number[]) => {
    expect(ring).toHaveLength(wanted.length)
    ring.forEach((value, index) => {
      expect(Math.abs(value - wanted[index]!)).toBeLessThan(1)
    })
  }
  near(drawn!.polygon![0]!, [200, 200, 600, 200, 600, 500, 200, 500])

  await window.drag({ x: 600, y: 500 }, { x: 700, y: 600 })
  const [moved] = await window.storedSoon(([one]) => one!.polygon![0]![4]! > 650)
  near(moved!.polygon![0]!, [200, 200, 600, 200, 700, 600, 200, 500])
  expect(moved!.box.x1).toBeCloseTo(moved!.polygon![0]![4]!, 5)

  await window.page.keyboard.down('Alt')
  await window.click({ x: 700, y: 600 })
  await window.page.keyboard.up('Alt')
  const [left] = await window.storedSoon(([one]) => one!.polygon![0]!.length === 6)
  near(left!.polygon![0]!, [200, 200, 600, 200, 200, 500])
})
