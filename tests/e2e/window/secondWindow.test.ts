/** Two windows on one project: each sees what the other does, and neither overwrites it. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('shows what the other window does, and keeps what both do', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const second = await window.openPage()
  await window.image(1, 1, second)
  const seen = second.getByRole('region', { name: 'Objects' })

  await window.ask('red circle')
  await window.found()
  const proposals = await window.storedSoon((all) => all.length > 0)
  await soon(() => seen.getByText('proposed').count()).toBe(proposals.length)
  await window.press('Enter')
  await soon(() => seen.getByText('accepted').count()).toBe(proposals.length)
  expect(await seen.getByText('proposed').count()).toBe(0)

  // The other window draws a box; the first sees it, and its own objects are still there.
  const at = await window.fit(1, second)
  await second.keyboard.press('r')
  const [from, to] = [at({ x: 930, y: 530 }), at({ x: 1090, y: 700 })]
  await second.mouse.move(from.x, from.y)
  await second.mouse.down()
  await second.mouse.move(to.x, to.y, { steps: 4 })
  await second.mouse.up()
  const all = await window.storedSoon((now) => now.length === proposals.length + 1)
  for (const { id } of proposals) expect(all.map((one) => one.id)).toContain(id)
  await soon(() => window.page.getByRole('region', { name: 'Objects' }).getByRole('listitem').count()).toBe(all.length)
})
