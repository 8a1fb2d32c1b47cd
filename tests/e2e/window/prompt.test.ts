/** Say what to mark, look at what comes, accept it or send it away. */
import { describe, expect, it } from 'vitest'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

describe('a prompt', () => {
  it('brings proposals with masks and scores, and Enter accepts them all', async () => {
    const window = await open({ images: ['shapes-01.png', 'shapes-06.jpg'] })
    await window.ask('red circle')
    await window.found()
    const proposals = await window.storedSoon((all) => all.length > 0)
    for (const { state, mask, score, origin } of proposals) {
      expect(state).toBe('proposed')
      expect(origin).toBe('model')
      expect(mask?.size).toEqual([900, 1200])
      expect(score).toBeGreaterThan(0)
    }
    const objects = window.page.getByRole('region', { name: 'Objects' })
    await soon(() => objects.getByRole('button', { pressed: false }).filter({ hasText: 'proposed' }).count()).toBe(proposals.length)
    await window.page.getByRole('toolbar', { name: /proposals? waits?/ }).waitFor()

    await window.page.keyboard.press('Enter')
    const accepted = await window.storedSoon((all) => all.every(({ state }) => state === 'accepted'))
    expect(accepted.map(({ id }) => id).sort()).toEqual(proposals.map(({ id }) => id).sort())
    await objects.getByText('accepted').first().waitFor()
    await soon(() => objects.getByText('proposed').count()).toBe(0)
  })

  it('answers several words at once; Esc sends its proposals away, and what was accepted stays', async () => {
    const window = await open({ images: ['shapes-01.png'] })
    await window.ask('yellow triangle')
    await window.found()
    await window.press('Enter')
    const kept = await window.storedSoon((all) => all.length > 0 && all.every(({ state }) => state === 'accepted'))

    await window.ask('red circle, red triangle = wedge')
    await window.storedSoon((all) => all.some(({ state }) => state === 'proposed'))
    await window.found()
    await window.press('Escape')
    const left = await window.storedSoon((all) => all.every(({ state }) => state === 'accepted'))
    expect(left).toEqual(kept)
    const labels = window.page.getByRole('region', { name: 'Labels' })
    await labels.getByText('wedge', { exact: true }).waitFor()
  })
})
