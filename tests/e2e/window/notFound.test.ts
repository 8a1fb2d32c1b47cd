/** The model looked and saw nothing, which is not the same as that it could not look; its own words are one key away. */
import { expect, it } from 'vitest'
import { windows } from '../../helpers/window.ts'

const open = windows()

it('says that nothing was found, and shows what the model answered', async () => {
  const window = await open({ images: ['slice-04.jpg'] })
  const bar = window.page.getByRole('region', { name: 'What to mark' })
  await window.ask('red circle')
  await bar.getByText('The model looked and found no “red circle”.').waitFor()
  expect(window.stored()).toEqual([])
  expect(await window.page.getByRole('toolbar', { name: /proposals? waits?/ }).count()).toBe(0)
  await window.press('w')
  await window.page.getByRole('dialog').getByText('red circle').first().waitFor()
})
