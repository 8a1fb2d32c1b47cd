/** A box drawn by hand: the models are asked for what is in it. */
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { createEngineClient, type EngineClient } from '../../../src/core/inference/engineClient.ts'
import { addPictures, colourAt } from '../../helpers/pixels.ts'
import { areaOf, soon, windows } from '../../helpers/window.ts'

const open = windows()

it('a dragged box is stored with the label in hand and gets its mask, in one step of undo', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  await page.getByRole('button', { name: 'Add a label' }).click()
  await page.getByRole('textbox', { name: 'Name of the label' }).fill('ball')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Labels' }).getByText('ball', { exact: true }).waitFor()

  // Around the large red circle of 348 pixels.
  await window.press('r')
  await window.drag({ x: 835, y: 30 }, { x: 1192, y: 390 })
  const [drawn] = await window.storedSoon((all) => all.length === 1 && all[0]!.mask !== null)
  await window.saved()
  expect(drawn!.state).toBe('accepted')
  const label = window.host.services.session.project.labels.list().find(({ id }) => id === drawn!.labelId)
  expect(label?.name).toBe('ball')
  const circle = Math.PI * 174 ** 2
  expect(areaOf(drawn!)).toBeGreaterThan(circle * 0.8)
  expect(areaOf(drawn!)).toBeLessThan(circle * 1.2)
  await page.getByRole('region', { name: 'Objects' }).getByRole('button', { pressed: true }).filter({ hasText: 'ball' }).waitFor()

  await window.press('Control+z')
  await window.storedSoon((all) => all.length === 0)
})

it('the crosshair is seen on white paper as well as on black', async () => {
  const window = await open()
  const paper = (background: string) => sharp({ create: { width: 400, height: 300, channels: 3, background } }).png()
  await addPictures(window, { '1.png': paper('#ffffff'), '2.png': paper('#000000') })
  for (const [image, ground] of [[1, 255], [2, 0]] as const) {
    const at = await window.fit(image)
    const beside = at({ x: 100, y: 150 })
    await soon(() => colourAt(window, beside)).toEqual([ground, ground, ground])
    await window.press('r')
    const cursor = at({ x: 200, y: 150 })
    await window.page.mouse.move(cursor.x, cursor.y)
    await soon(async () => Math.abs((await colourAt(window, beside, 6))[0]! - ground)).toBeGreaterThan(3)
    await window.press('v')
    await window.press('d')
  }
})

it('a box whose window is closed before its mask came gets it when the image is opened again', async () => {
  let held = 0
  const engine = createEngineClient()
  const segment: EngineClient['segment'] = (...args) => (held++ === 0 ? new Promise(() => undefined) : engine.segment(...args))
  const window = await open({ images: ['shapes-01.png'], engine: { ...engine, segment } })
  await window.press('r')
  await window.drag({ x: 835, y: 30 }, { x: 1192, y: 390 })
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  await soon(() => held).toBe(1)
  await window.page.close()
  expect(drawn!.mask).toBeNull()

  await window.openPage()
  const [now] = await window.storedSoon((all) => all[0]!.mask !== null)
  expect(now!.box).toEqual(drawn!.box)
  expect(areaOf(now!)).toBeGreaterThan(Math.PI * 174 ** 2 * 0.8)
})
