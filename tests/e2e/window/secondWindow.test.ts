/** Two windows on one project: each sees what the other does, and neither overwrites it. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { soon, type TestWindow, windows } from '../../helpers/window.ts'

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
  await soon(() => seen.getByText('proposed').count()).toBe(0)

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

it('is told where the other one was first with the same object, and shows what that one did', async () => {
  const window = await open({ images: ['shapes-04.png'] })
  await window.press('p')
  for (const corner of [{ x: 200, y: 200 }, { x: 500, y: 200 }, { x: 350, y: 500 }]) await window.click(corner)
  await window.press('Enter')
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  await window.press('v')
  const { page: second, release } = await openUnaware(window)
  await window.image(1, 1, second)
  const at = await window.fit(1, second)
  const middle = at({ x: 350, y: 300 })
  await second.mouse.click(middle.x, middle.y)

  await window.press('ArrowRight')
  const [moved] = await window.storedSoon(([one]) => one!.box.x0 !== drawn!.box.x0)
  await second.keyboard.press('ArrowDown')
  await second.getByText(/changed the same objects first/).first().waitFor()
  await window.saved(second)
  expect(window.stored()).toEqual([moved])
  // What it shows now is what is stored: the next step goes from there.
  await second.keyboard.press('ArrowDown')
  await window.storedSoon(([one]) => one!.box.y0 === moved!.box.y0 + 1 && one!.box.x0 === moved!.box.x0)
  release()
  await soon(() => window.page.getByText(/changed the same objects first/).count()).toBe(0)
})

/** A second window that does not hear what others change until it is released. */
async function openUnaware(window: TestWindow): Promise<{ page: Page; release: () => void }> {
  const page = await window.page.context().newPage()
  const asked = new Set<number>()
  const held: (() => void)[] = []
  let isHolding = true
  await page.routeWebSocket(/\/rpc$/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((message) => {
      const call = JSON.parse(String(message)) as { id: number; method?: string }
      if (call.method === 'changes.next') asked.add(call.id)
      server.send(message)
    })
    server.onMessage((message) => {
      const { id } = JSON.parse(String(message)) as { id: number }
      if (isHolding && asked.has(id)) held.push(() => socket.send(message))
      else socket.send(message)
    })
  })
  await page.goto(window.host.url.href)
  await page.getByTestId('canvas').waitFor()
  const release = () => {
    isHolding = false
    for (const send of held.splice(0)) send()
  }
  return { page, release }
}
