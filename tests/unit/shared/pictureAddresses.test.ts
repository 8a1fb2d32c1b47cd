import { expect, it } from 'vitest'
import { imageUrl, picturesOfProject, thumbnailUrl, tileUrl } from '../../../src/shared/appContract.ts'
import type { ImageId } from '../../../src/shared/model.ts'

it('gives the pictures of another project other addresses, as their ids are the same', () => {
  const id = 1 as ImageId
  const seen = [0, 1, 2].flatMap((count) => {
    picturesOfProject(count)
    return [imageUrl(id, 0), imageUrl(id, 0, { low: 1, high: 2 }), tileUrl(id, 0, { level: 0, x: 0, y: 0 }), thumbnailUrl(id)]
  })
  expect(new Set(seen).size).toBe(12)
})
