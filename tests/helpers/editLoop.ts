/** Edits one image for ever and prints each revision once it is acknowledged: `node editLoop.ts PROJECT IMAGE_ID LABEL_ID`. */
import { writeSync } from 'node:fs'
import { openProject } from '../../src/core/store/project.ts'
import { EMPTY_CHANGES } from '../../src/shared/changes.ts'
import { ImageId, LabelId } from '../../src/shared/model.ts'
import { annotation } from './annotations.ts'

const project = await openProject(process.argv[2]!)
const imageId = ImageId.parse(Number(process.argv[3]))
const labelId = LabelId.parse(Number(process.argv[4]))

for (;;) {
  const { annotations, revision } = project.annotations.load(imageId)
  // Adds ten, then takes all away, so that every kind of page is written; revision n adds annotation n.
  const changes =
    annotations.length < 10
      ? { ...EMPTY_CHANGES, added: [annotation(revision + 1, { imageId, labelId, attributes: { filler: 'x'.repeat(3000) } })] }
      : { ...EMPTY_CHANGES, removed: annotations }
  const next = project.annotations.apply({ imageId, baseRevision: revision, changes, actor: 'loop', reason: 'crash test' })
  writeSync(1, `${String(next)}\n`)
}
