/** The host goes away in the middle of work and is started again. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('says so, keeps what is done meanwhile, and stores it when the host is back', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const port = Number(window.host.url.port)
  const draw = async (x: number) => {
    for (const corner of [{ x, y: 200 }, { x: x + 200, y: 200 }, { x, y: 400 }]) {
      const { x: left, y: top } = at(corner)
      await page.mouse.click(left, top)
    }
    await window.press('Enter')
    await window.press('Escape')
  }
  const at = await window.fit()
  await window.press('p')
  await draw(200)
  await window.storedSoon((all) => all.length === 1)

  await window.host.stop()
  await page.getByRole('alert').getByText('Marquee is not answering').waitFor()
  await window.press('p')
  await draw(600)
  await page.getByRole('contentinfo').getByText('not saved yet, trying again').waitFor()

  // Started anew it has another link; opening that lets this browser in again.
  await window.host.start(port)
  await page.getByRole('alert').getByText('Open the link that it printed').waitFor()
  expect(window.stored()).toHaveLength(1)
  const other = await window.openPage()
  await window.storedSoon((all) => all.length === 2)
  await page.getByText('Connected again').waitFor()
  await window.saved()
  await soon(() => other.getByRole('region', { name: 'Objects' }).getByRole('listitem').count()).toBe(2)
  await page.getByRole('alert').waitFor({ state: 'detached' })
})
