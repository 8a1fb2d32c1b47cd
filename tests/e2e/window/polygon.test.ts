/** Corner by corner around a thing, then a corner is moved. */
import { expect, it } from 'vitest'
import { partsOf } from '../../../src/shared/rings.ts'
import { areaOf, windows } from '../../helpers/window.ts'

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

it('Alt draws a hole, whose corners are dragged and taken away like any other', async () => {
  const window = await open({ images: ['shapes-04.png'] })
  const draw = async (corners: readonly { x: number; y: number }[], held = false) => {
    for (const [i, corner] of corners.entries()) {
      if (held && i === 0) await window.page.keyboard.down('Alt')
      await window.click(corner)
      if (held && i === 0) await window.page.keyboard.up('Alt')
    }
    await window.press('Enter')
  }
  await window.press('p')
  await draw([{ x: 200, y: 200 }, { x: 700, y: 200 }, { x: 700, y: 700 }, { x: 200, y: 700 }])
  await window.storedSoon((all) => all.length === 1)
  await draw([{ x: 300, y: 300 }, { x: 500, y: 300 }, { x: 400, y: 500 }], true)
  const holesOf = () => partsOf(window.stored()[0]!.polygon!)[0]!.holes
  await window.storedSoon(() => holesOf().length === 1)
  expect(window.stored()[0]!.polygon).toHaveLength(1)

  await window.drag({ x: 400, y: 500 }, { x: 400, y: 600 })
  await window.storedSoon(() => holesOf()[0]!.some((value) => Math.abs(value - 600) < 1))
  // Beyond the outline it stops.
  await window.drag({ x: 400, y: 600 }, { x: 400, y: 850 })
  await window.storedSoon(() => holesOf()[0]!.every((value) => value <= 700))
  await window.press('Control+z')
  await window.press('Control+z')
  await window.press('Control+z')
  await window.storedSoon(() => holesOf().length === 0)
})

it('a drag draws an outline by hand, which closes where it began; it becomes a mask and corners again', async () => {
  const window = await open({ images: ['shapes-04.png'] })
  await window.press('p')
  await window.drag({ x: 200, y: 200 }, { x: 600, y: 200 }, { x: 600, y: 500 }, { x: 200, y: 500 }, { x: 200, y: 201 })
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  expect(drawn!.polygon![0]!.length).toBeLessThan(20)
  const { x0, y0, x1, y1 } = drawn!.box
  const off = [x0 - 200, y0 - 200, x1 - 600, y1 - 500].map(Math.abs)
  expect(Math.max(...off)).toBeLessThan(2)
  await window.press('Alt+m')
  const [masked] = await window.storedSoon(([one]) => one!.mask !== null)
  expect(Math.abs(areaOf(masked!) / (400 * 300) - 1)).toBeLessThan(0.02)
  await window.press('Alt+v')
  await window.storedSoon(([one]) => one!.polygon !== null)
  await window.press('Alt+m')
  await window.storedSoon(([one]) => one!.mask?.counts === masked!.mask!.counts)
})
