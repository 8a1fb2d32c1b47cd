/** What a person sees of a picture in the window, and pictures of a test's own in it. */
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { readIntoProject } from '../../src/core/services/appImages.ts'
import type { TestWindow } from './window.ts'

/** Puts files made by a test into the project and opens the first of them. */
export async function addPictures(window: TestWindow, pictures: Readonly<Record<string, Sharp | string>>): Promise<void> {
  const files: string[] = []
  for (const [name, picture] of Object.entries(pictures)) {
    if (typeof picture === 'string') files.push(picture)
    else {
      files.push(join(window.folder, name))
      await picture.toFile(join(window.folder, name))
    }
  }
  await readIntoProject(window.host.services.session, files, {})
  await window.page.reload()
  await window.image(1, files.length)
}

/** The mean colour of a few CSS pixels around a place of the page: red, green, blue. */
export async function colourAt({ page }: TestWindow, { x, y }: { x: number; y: number }, reach = 1): Promise<number[]> {
  const side = 2 * reach + 1
  const picture = await page.screenshot({ clip: { x: Math.round(x) - reach, y: Math.round(y) - reach, width: side, height: side } })
  return (await sharp(picture).removeAlpha().stats()).channels.map(({ mean }) => Math.round(mean))
}
