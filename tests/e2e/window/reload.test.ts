/** Nothing has to be saved: the page is loaded again, and the host is started again, and all is there. */
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()

it('keeps objects, labels, the image and the prompt over a reload and over a new start', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
  const objects = () => window.page.getByRole('region', { name: 'Objects' }).getByRole('listitem')
  await window.ask('red circle')
  await window.found()
  await window.press('Enter')
  const before = await window.storedSoon((all) => all.length > 0 && all.every(({ state }) => state === 'accepted'))
  await window.press('b')
  await window.press('Escape')
  await window.drag({ x: 300, y: 700 }, { x: 500, y: 700 })
  await window.saved()
  const drawn = window.stored()

  await window.page.reload()
  await window.image(1, 2)
  await expect.poll(() => objects().count()).toBe(drawn.length)
  expect(await window.page.getByRole('textbox', { name: 'What to mark' }).inputValue()).toBe('red circle')
  expect(window.stored()).toEqual(drawn)
  expect(drawn.length).toBeGreaterThanOrEqual(before.length)

  const port = Number(window.url.port)
  await window.stopHost()
  await window.startHost(port)
  await window.page.goto(window.url.href)
  await window.image(1, 2)
  await expect.poll(() => objects().count()).toBe(drawn.length)
  expect(window.stored()).toEqual(drawn)
})
