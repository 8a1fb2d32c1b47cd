import { describe, expect, it } from 'vitest'
import { checkProject, fixFinding } from '../../../src/core/services/checkProject.ts'
import type { Finding } from '../../../src/core/services/checkProject.ts'
import { EMPTY_CHANGES, reverse } from '../../../src/shared/changes.ts'
import type { Annotation } from '../../../src/shared/model.ts'
import type { Project } from '../../../src/core/store/project.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder, scanned } from '../../helpers/projects.ts'

const folder = projectFolder()

async function projectWith(...annotations: Annotation[]): Promise<Project> {
  const project = await folder.create()
  const { ids, labelId } = fill(project, 1)
  const added = annotations.map((one) => ({ ...one, imageId: ids[0]!, labelId }))
  project.annotations.apply({ imageId: ids[0]!, baseRevision: 0, changes: { ...EMPTY_CHANGES, added }, actor: 'test', reason: 'test' })
  return project
}

async function findings(project: Project, rules: string[] | null = null): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of checkProject(project, rules)) found.push(finding)
  return found
}

describe('a check of a project', () => {
  it('names image and object, and a fix is an edit that can be undone', async () => {
    const project = await projectWith(annotation(1, { box: { x0: -5, y0: 0, x1: 10, y1: 10 } }))
    const [finding, ...more] = await findings(project)
    expect(more).toEqual([])
    expect(finding).toMatchObject({ rule: 'outside', where: '0.png' })
    expect(fixFinding(project, finding!)).toBe(true)
    expect(await findings(project)).toEqual([])
    expect(fixFinding(project, finding!)).toBe(false)
    const log = project.log.ofImage(finding!.imageId!)
    const { revision } = project.annotations.load(finding!.imageId!)
    project.annotations.apply({ imageId: finding!.imageId!, baseRevision: revision, changes: reverse(log.at(-1)!.changes), actor: 'test', reason: 'undo' })
    expect(await findings(project)).toHaveLength(1)
  })

  it('finds odd sizes among a dozen of a label, names nearly the same, and files that can not be read', async () => {
    const usual = Array.from({ length: 14 }, (_, n) => annotation(n, { box: { x0: n * 30, y0: 0, x1: n * 30 + 20, y1: 20 } }))
    const project = await projectWith(...usual, annotation(99, { box: { x0: 0, y0: 100, x1: 400, y1: 400 } }))
    project.labels.ensure('Car ')
    project.images.upsert(1, [scanned('broken.png', { status: 'failed', problem: 'cut off', width: 0, height: 0 })])
    const found = await findings(project)
    expect(found.map(({ rule }) => rule)).toEqual(['names', 'sizes', 'files'])
    expect(found[1]).toMatchObject({ annotationIds: [annotation(99).id], words: expect.stringContaining('300 times the median') as string })
    expect(await findings(project, ['files'])).toHaveLength(1)
  })

  it('a check or fix that is not there is refused', async () => {
    const project = await projectWith()
    await expect(findings(project, ['speks'])).rejects.toThrow('There is no check "speks". Checks: empty,')
    expect(() => fixFinding(project, { rule: 'sizes', imageId: null, annotationIds: [] })).toThrow('has no fix')
  })
})
