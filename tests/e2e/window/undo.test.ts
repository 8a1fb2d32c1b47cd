/** Undo and redo, each image for itself, also after another image was looked at. */
import { expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()
const TRIANGLE = [{ x: 200, y: 200 }, { x: 500, y: 200 }, { x: 350, y: 500 }]

it('goes back and forth by gesture, and an image keeps its steps while another one is worked on', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-04.png'] })
  const draw = async (count: number, image = 1) => {
    await window.press('p')
    for (const corner of TRIANGLE) await window.click(corner)
    await window.press('Enter')
    // The first one waits for its label; deselected before it is there, it would be selected after.
    const all = await window.storedSoon((stored) => stored.length === count, image)
    await window.press('Escape')
    return all
  }
  const [first] = await draw(1)
  const both = await draw(2)

  await window.press('Control+z')
  expect(await window.storedSoon((all) => all.length === 1)).toEqual([first])
  await window.press('Control+Shift+z')
  const byId = (all: typeof both) => [...all].sort((a, b) => (a.id < b.id ? -1 : 1))
  expect(byId(await window.storedSoon((all) => all.length === 2))).toEqual(byId(both))

  await window.press('d')
  await window.image(2, 2)
  await draw(1, 2)
  await window.press('a')
  await window.image(1, 2)
  await window.press('Control+z')
  await window.storedSoon((all) => all.length === 1)
  await window.press('Control+z')
  await window.storedSoon((all) => all.length === 0)
  expect(window.stored(2)).toHaveLength(1)
  await window.press('Control+y')
  expect(await window.storedSoon((all) => all.length === 1)).toEqual([first])
})

it('takes back what was accepted, as one step', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  await window.ask('red circle')
  await window.found()
  const proposals = await window.storedSoon((all) => all.length > 0)
  await window.press('Enter')
  await window.storedSoon((all) => all.every(({ state }) => state === 'accepted'))
  await window.press('Control+z')
  expect(await window.storedSoon((all) => all.every(({ state }) => state === 'proposed'))).toEqual(proposals)
})

it('takes back what was done to a label, from another image too, and gives its objects back', async () => {
  const window = await open({ images: ['shapes-01.png', 'shapes-04.png'] })
  const { labels } = window.host.services.session.project
  const names = () => labels.list().map(({ name }) => name)
  const list = window.page.getByRole('region', { name: 'Labels' })
  await window.press('p')
  for (const corner of TRIANGLE) await window.click(corner)
  await window.press('Enter')
  const [drawn] = await window.storedSoon((all) => all.length === 1)
  await window.press('Escape')

  await list.getByRole('button', { name: 'object' }).first().dblclick()
  await list.getByRole('textbox', { name: 'Name of the label' }).fill('thing')
  await window.page.keyboard.press('Enter')
  await soon(names).toEqual(['thing'])
  await list.getByRole('button', { name: 'More for thing' }).click()
  await window.page.getByRole('menuitem', { name: 'Remove' }).click()
  await window.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await window.storedSoon((all) => all.length === 0)
  expect(names()).toEqual([])

  await window.press('d')
  await window.image(2, 2)
  await window.press('Control+z')
  await soon(names).toEqual(['thing'])
  expect(window.stored()).toEqual([drawn])
  await window.press('Control+z')
  await soon(names).toEqual(['object'])
  await window.press('a')
  await window.image(1, 2)
  await window.press('Control+z')
  await window.storedSoon((all) => all.length === 0)
})
