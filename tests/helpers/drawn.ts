/** Objects put straight into the project of a window, as another window would have drawn them. */
import type { Box } from '../../src/shared/geometry.ts'
import { EMPTY_CHANGES } from '../../src/shared/changes.ts'
import type { Annotation } from '../../src/shared/model.ts'
import { annotation } from './annotations.ts'
import type { TestWindow } from './window.ts'

export interface Drawn extends Partial<Pick<Annotation, 'mask' | 'polygon' | 'state'>> {
  /** Place of the image in the list, from 0. */
  readonly at: number
  readonly label: string
  readonly box: Box
}

export function drawn({ host }: TestWindow, objects: readonly Drawn[]): void {
  const { project, changes } = host.services.session
  objects.forEach(({ at, label, ...more }, n) => {
    const imageId = project.images.page(at, 1)[0]!.id
    const { revision, annotations } = project.annotations.load(imageId)
    const added = [annotation(1 + project.annotations.count(), { ...more, imageId, labelId: project.labels.ensure(label).id, z: annotations.length + n })]
    project.annotations.apply({ imageId, baseRevision: revision, changes: { ...EMPTY_CHANGES, added }, actor: 'test', reason: 'drawn' })
    changes.announce({ imageId, labels: true })
  })
}
