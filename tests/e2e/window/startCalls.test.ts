/** What a window asks of its host while it opens. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

it('asks for the project, its labels and settings once each', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-02.jpg'] })
  const calls: string[] = []
  const page = await window.page.context().newPage()
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const { method } = JSON.parse(String(payload)) as { method?: string }
      if (method !== undefined) calls.push(method)
    })
  })
  await page.goto(window.host.url.href)
  await window.image(1, 2, page)
  await soon(() => calls.includes('images.list')).toBe(true)
  await page.getByRole('region', { name: 'Files' }).getByText('shapes-02.jpg').waitFor()
  const times = (name: string) => calls.filter((one) => one === name).length
  expect(Object.fromEntries(['project.info', 'settings.get', 'labels.list', 'models.status'].map((name) => [name, times(name)]))).toEqual({
    'project.info': 1, 'settings.get': 1, 'labels.list': 1, 'models.status': 1,
  })
})
