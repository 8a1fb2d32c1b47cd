import { describe, expect, it } from 'vitest'
import { masksToCome } from '../../../src/core/services/masksToCome.ts'
import { EMPTY_CHANGES, type ChangeSet } from '../../../src/shared/changes.ts'
import type { Annotation } from '../../../src/shared/model.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()
const MASK = { size: [480, 640], counts: '04' } as Annotation['mask']

async function images() {
  const project = await folder.create()
  const { ids: [imageId] } = fill(project, 1)
  const box = annotation(1, { imageId: imageId!, mask: null, polygon: null, origin: 'drawn' })
  const edit = (reason: string, changes: Partial<ChangeSet>) => {
    const { revision } = project.annotations.load(imageId!)
    project.annotations.apply({ imageId: imageId!, baseRevision: revision, changes: { ...EMPTY_CHANGES, ...changes }, actor: 'person', reason })
  }
  return { box, edit, waits: () => masksToCome(project, imageId!) }
}

describe('masks to come', () => {
  it('are those of boxes drawn with the box tool that have none, moved or not', async () => {
    const { box, edit, waits } = await images()
    edit('draw box', { added: [box] })
    expect(waits()).toEqual([box.id])
    const moved = { ...box, box: { ...box.box, x1: box.box.x1 + 5 } }
    edit('resize', { updated: [[box, moved]] })
    expect(waits()).toEqual([box.id])
    edit('mask', { updated: [[moved, { ...moved, mask: MASK, origin: 'model' }]] })
    expect(waits()).toEqual([])
  })

  it('are not those of boxes that came another way, or whose mask was taken back', async () => {
    const { box, edit, waits } = await images()
    edit('import 1: coco', { added: [box] })
    expect(waits()).toEqual([])
    edit('delete', { removed: [box] })
    edit('draw box', { added: [box] })
    const masked: Annotation = { ...box, mask: MASK, origin: 'model' }
    edit('box to mask', { updated: [[box, masked]] })
    edit('undo', { updated: [[masked, box]] })
    expect(waits()).toEqual([])
  })
})
