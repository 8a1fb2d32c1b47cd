/** Nothing has to be saved: the page is loaded again, and the host is started again, and all is there. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('keeps objects, labels, the image and the prompt over a reload and over a new start', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
  const objects = () => window.page.getByRole('region', { name: 'Objects' }).getByRole('listitem')
  await window.ask('red circle')
  await window.found()
  await window.press('Enter')
  const before = await window.storedSoon((all) => all.length > 0 && all.every(({ state }) => state === 'accepted'))
  await window.press('b')
  await window.drag({ x: 500, y: 600 }, { x: 700, y: 600 })
  const drawn = await window.storedSoon((all) => all.length === before.length + 1)

  await window.page.reload()
  await window.image(1, 2)
  await soon(() => objects().count()).toBe(drawn.length)
  await soon(() => window.page.getByRole('textbox', { name: 'What to mark' }).inputValue()).toBe('red circle')
  expect(window.stored()).toEqual(drawn)
  // A prompt that is kept does not take the keys.
  await window.page.keyboard.press('d')
  await window.image(2, 2)
  const { handlers } = window.host.services
  const kept = async () => (await handlers['settings.get'](null, { signal: new AbortController().signal, report: () => undefined }))['window.image']
  await soon(kept).toBe(2)

  const port = Number(window.host.url.port)
  await window.host.stop()
  await window.host.start(port)
  await window.page.goto(window.host.url.href)
  await window.image(2, 2)
  await window.page.keyboard.press('a')
  await window.image(1, 2)
  await soon(() => objects().count()).toBe(drawn.length)
  expect(window.stored()).toEqual(drawn)
})
