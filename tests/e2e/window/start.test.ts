/** A long list starts where the person left off. */
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readIntoProject } from '../../../src/core/services/appImages.ts'
import { SAMPLES_FOLDER } from '../../../src/core/services/modelChoice.ts'
import { soon, windows } from '../../helpers/window.ts'

const COUNT = 80
const LAST = 60

const open = windows()

it('asks for thumbnails around the image looked at last, not for those at the top of the list', async () => {
  const window = await open()
  // It would keep its own image as the last.
  await window.page.close()
  const pictures = join(window.folder, 'pictures')
  await mkdir(pictures)
  for (let i = 0; i < COUNT; i++) await cp(join(SAMPLES_FOLDER, 'shapes-02.jpg'), join(pictures, `${String(i + 100)}.jpg`))
  const { session, handlers } = window.host.services
  await readIntoProject(session, [pictures], {})
  await handlers['settings.set']({ key: 'window.image', value: LAST }, { signal: new AbortController().signal, report: () => undefined })

  const page = await window.openPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.reload()
  await window.image(LAST, COUNT, page)
  const thumbnails = () => asked.filter((path) => path.includes('/thumb')).map((path) => Number(/\d+$/.exec(path)![0]))
  await soon(thumbnails).toContain(LAST)
  expect(Math.min(...thumbnails())).toBeGreaterThan(LAST / 2)
})
