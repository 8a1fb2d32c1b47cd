import fc from 'fast-check'
import { describe, it } from 'vitest'
import { yolo } from '../../../src/core/formats/yolo/index.ts'
import { projects } from '../../helpers/roundTrip.ts'
import { expectVerified } from '../../helpers/verified.ts'

const OPTIONS: Record<string, string>[] = [
  {},
  { task: 'detect' },
  { task: 'segment', folders: 'flat' },
  { holes: 'split' },
  { task: 'segment', holes: 'report' },
  { task: 'obb' },
  { task: 'pose' },
]

describe('random projects come back as far as YOLO holds them', () => {
  it.each(OPTIONS)(
    '%o',
    async (options) => {
      await fc.assert(
        fc.asyncProperty(projects(), (project) => expectVerified(yolo, project, options).then(() => true)),
        { numRuns: 50 },
      )
    },
    60_000,
  )
})
