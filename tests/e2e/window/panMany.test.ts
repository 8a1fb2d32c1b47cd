/** Panning and resting over many objects draws none of them anew; only what comes into sight, and a new size, does. */
import { expect, it } from 'vitest'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import type { Annotation } from '../../../src/shared/model.ts'
import { annotation } from '../../helpers/annotations.ts'
import { soon, windows } from '../../helpers/window.ts'

const open = windows()

/** Outlines of objects are the only paths that are filled as things of their own. */
const COUNT_FILLS = `
  globalThis.filled = 0
  const fill = CanvasRenderingContext2D.prototype.fill
  CanvasRenderingContext2D.prototype.fill = function (...args) {
    if (args[0] instanceof Path2D) globalThis.filled++
    fill.apply(this, args)
  }`

/** 400 small triangles in rows. */
function triangles(base: Pick<Annotation, 'imageId' | 'labelId'>): Annotation[] {
  return Array.from({ length: 400 }, (_, n) => {
    const [x, y] = [20 + (n % 25) * 48, 20 + Math.floor(n / 25) * 48]
    return annotation(n, { ...base, box: { x0: x, y0: y, x1: x + 30, y1: y + 30 }, polygon: [[x, y, x + 30, y, x, y + 30]] })
  })
}

it('a pan moves what was drawn, a zoom draws it once it rests', async () => {
  const window = await open({ images: ['shapes-01.png'] })
  const { page } = window
  const { project } = window.host.services.session
  const { id: imageId } = project.images.page(0, 1)[0]!
  const labelId = project.labels.ensure('part').id
  project.annotations.apply({ imageId, baseRevision: 0, changes: { ...EMPTY_CHANGES, added: triangles({ imageId, labelId }) }, actor: 'test', reason: 'fill' })
  await page.addInitScript({ content: COUNT_FILLS })
  await page.reload()
  await window.image(1, 1)
  const filled = () => page.evaluate<number>('filled')
  await soon(filled).toBeGreaterThanOrEqual(400)
  const at = (await window.fit())({ x: 640, y: 400 })

  // Until nothing more is drawn.
  const settled = async () => {
    let last = -1
    await soon(async () => {
      const before = last
      last = await filled()
      await page.waitForTimeout(300)
      return last === before && (await filled()) === last
    }).toBe(true)
    return last
  }
  const before = await settled()
  await page.mouse.move(at.x, at.y)
  await page.mouse.down({ button: 'middle' })
  await page.mouse.move(at.x - 350, at.y - 100, { steps: 20 })
  await page.mouse.move(at.x + 350, at.y + 150, { steps: 20 })
  expect(await settled()).toBe(before)
  await page.mouse.up({ button: 'middle' })
  expect(await settled()).toBe(before)

  await page.keyboard.down('Control')
  for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -20)
  await page.keyboard.up('Control')
  const zoomed = await settled()
  expect(zoomed).toBeGreaterThan(before)
})
