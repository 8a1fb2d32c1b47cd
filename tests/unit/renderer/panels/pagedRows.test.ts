import { expect, it } from 'vitest'
import { isNear } from '../../../../src/renderer/panels/side/pagedRows.ts'

it('of a long list only the pages near what is in sight stay known', () => {
  const kept = Array.from({ length: 1000 }, (_, page) => page).filter((page) => isNear(page, [500, 501]))
  expect(kept).toEqual(Array.from({ length: 12 }, (_, n) => 495 + n))
})
