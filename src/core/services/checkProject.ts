/** Looks through a project for what usually is a mistake, and mends what can be mended, each as an edit that can be undone. */
import type { ChangeSet } from '../../shared/changes.ts'
import { AppError, throwIfAborted } from '../../shared/errors.ts'
import type { AnnotationId, ImageId, LabelId } from '../../shared/model.ts'
import { usualSize } from '../check/outliers.ts'
import type { UsualSize } from '../check/outliers.ts'
import type { CheckedImage } from '../check/rule.ts'
import { areaOf, RULES } from '../check/rules.ts'
import type { StoredImage } from '../store/images.ts'
import type { Project } from '../store/project.ts'
import { likeName } from './importing/likeNames.ts'

export interface Finding {
  /** Id of the rule. */
  readonly rule: string
  /** null for what is about labels. */
  readonly imageId: ImageId | null
  /** Path of the image, or the label. */
  readonly where: string
  readonly annotationIds: readonly AnnotationId[]
  readonly words: string
  /** The label that `where` may be the same as; null for what is about images. */
  readonly like: string | null
}

export interface CheckRule {
  readonly id: string
  readonly name: string
  /** What `fixFinding` does; null where a person has to look. */
  readonly fixName: string | null
}

const SIZES: CheckRule = { id: 'sizes', name: 'Giants and dwarfs: sizes far from those of their label', fixName: null }
const NAMES: CheckRule = { id: 'names', name: 'Label names that are nearly the same', fixName: null }
const FILES: CheckRule = { id: 'files', name: 'Images that can not be read', fixName: null }

export const CHECK_RULES: readonly CheckRule[] = [...RULES.map(({ id, name, fixName }) => ({ id, name, fixName })), SIZES, NAMES, FILES]

export interface CheckJob {
  readonly signal?: AbortSignal
  readonly onImage?: (done: number) => void
}

/** One finding after the other; `rules` are ids, null means all. @throws AppError invalid-argument, cancelled */
export async function* checkProject(project: Project, rules: readonly string[] | null, job: CheckJob = {}): AsyncGenerator<Finding> {
  const unknown = rules?.find((id) => CHECK_RULES.every((rule) => rule.id !== id))
  if (unknown !== undefined) throw new AppError('invalid-argument', `There is no check "${unknown}". Checks: ${CHECK_RULES.map(({ id }) => id).join(', ')}.`)
  const wants = ({ id }: { readonly id: string }) => rules === null || rules.includes(id)
  if (wants(NAMES)) yield* likeNames(project)
  const sizes = wants(SIZES) ? await usualSizes(project, job.signal) : new Map<LabelId, UsualSize>()
  let done = 0
  for (const image of project.images.iterate()) {
    throwIfAborted(job.signal)
    if (wants(FILES) && image.status !== 'ok') yield { rule: FILES.id, imageId: image.id, where: image.path, annotationIds: [], words: image.problem ?? image.status, like: null }
    const checked = checkedImage(project, image)
    for (const rule of RULES.filter(wants)) {
      for (const found of rule.find(checked)) yield { rule: rule.id, imageId: image.id, where: image.path, ...found, like: null }
    }
    yield* oddSizes(checked, image, sizes)
    job.onImage?.(++done)
    if (done % 50 === 0) await breathe()
  }
}

type Mendable = Pick<Finding, 'rule' | 'imageId' | 'annotationIds'>

/**
 * Mends one finding; false where it is mended already.
 * @throws AppError invalid-argument where the rule has no fix, not-found
 */
export function fixFinding(project: Project, finding: Mendable): boolean {
  return project.transaction(() => {
    const fix = fixOf(project, finding)
    if (!fix) return false
    const { imageId, changes } = fix
    project.annotations.apply({ imageId, baseRevision: project.annotations.load(imageId).revision, changes, actor: 'person', reason: `check: ${finding.rule}` })
    return true
  })
}

/**
 * The changes that mend one finding; null where it is mended already.
 * @throws AppError invalid-argument where the rule has no fix, not-found
 */
export function fixOf(project: Project, { rule, imageId, annotationIds }: Mendable): { readonly imageId: ImageId; readonly changes: ChangeSet } | null {
  const { find, fix } = RULES.find(({ id }) => id === rule) ?? {}
  if (!find || !fix || imageId === null) throw new AppError('invalid-argument', `"${rule}" has no fix: look at it and decide.`)
  const image = checkedImage(project, project.images.get(imageId))
  const isThere = find(image).some((found) => found.annotationIds.join() === annotationIds.join())
  return isThere ? { imageId, changes: fix(image, annotationIds) } : null
}

function checkedImage(project: Project, { id, width, height }: StoredImage): CheckedImage {
  return { width, height, annotations: project.annotations.load(id).annotations }
}

function* likeNames(project: Project): Generator<Finding> {
  const names: string[] = []
  for (const { name } of project.labels.list()) {
    const like = likeName(name, names)
    if (like !== null) yield { rule: NAMES.id, imageId: null, where: name, annotationIds: [], like, words: `"${name}" and "${like}" are nearly the same: merge them if they mean the same` }
    names.push(name)
  }
}

async function usualSizes(project: Project, signal?: AbortSignal): Promise<Map<LabelId, UsualSize>> {
  const areas = new Map<LabelId, number[]>()
  let done = 0
  for (const image of project.images.iterate()) {
    throwIfAborted(signal)
    const checked = checkedImage(project, image)
    for (const annotation of checked.annotations) {
      const list = areas.get(annotation.labelId)
      if (list) list.push(areaOf(annotation, checked))
      else areas.set(annotation.labelId, [areaOf(annotation, checked)])
    }
    if (++done % 50 === 0) await breathe()
  }
  return new Map([...areas].flatMap(([id, list]) => {
    const usual = usualSize(list)
    return usual ? [[id, usual] as const] : []
  }))
}

function* oddSizes(checked: CheckedImage, { id: imageId, path }: StoredImage, sizes: ReadonlyMap<LabelId, UsualSize>): Generator<Finding> {
  for (const annotation of checked.annotations) {
    const usual = sizes.get(annotation.labelId)
    if (!usual) continue
    const area = areaOf(annotation, checked)
    if (area >= usual.least && area <= usual.most) continue
    const ratio = area > usual.median ? `${(area / usual.median).toFixed(0)} times` : `1/${(usual.median / Math.max(area, 1)).toFixed(0)} of`
    yield { rule: SIZES.id, imageId, where: path, annotationIds: [annotation.id], words: `its area is ${ratio} the median of its label (${usual.median.toFixed(0)} pixels)`, like: null }
  }
}

/** Others get their turn in between. */
const breathe = () => new Promise((done) => setImmediate(done))
