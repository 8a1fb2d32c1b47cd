/** The file list is searched; the keys go through what it found. */
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()

it('next and previous go from match to match, and through all images once the search is empty', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-02.jpg', 'shapes-03.jpg', 'shapes-04.png'] })
  const search = window.page.getByRole('searchbox', { name: 'Search files' })
  await search.fill('shapes state:empty')
  await window.press('p')
  for (const corner of [{ x: 200, y: 200 }, { x: 500, y: 200 }, { x: 350, y: 500 }]) await window.click(corner)
  await window.press('Enter')
  await window.storedSoon((all) => all.length === 1)
  await window.press('d')
  await window.image(2, 4)
  await window.press('d')
  await window.image(3, 4)
  // The first is no match any more.
  await window.press('a')
  await window.press('a')
  await window.image(2, 4)
  await search.fill('01')
  await window.press('a')
  await window.image(1, 4)
  await search.fill('')
  await window.press('d')
  await window.image(2, 4)
  expect(window.stored(1)).toHaveLength(1)
})
