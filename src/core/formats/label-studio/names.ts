/** Words of Label Studio's JSON that reader and writer both have to know (labelstud.io/guide/export, /guide/task_format). */
import type { Annotation } from '../../../shared/model.ts'

export const ID = 'label-studio'
export const TASKS_FILE = 'tasks.json'
export const CONFIG_FILE = 'labeling_config.xml'
export const IMAGES_FOLDER = 'images'
/** The key, unknown to Label Studio, under which this program says what Label Studio has no place for. */
export const OWN_KEY = 'marquee'
/** The path of the image in the project, a value of a task's data. */
export const PATH_KEY = 'marquee_path'
export const SPLIT_KEY = 'split'
/** Whose predictions are further objects of the project and no draft of the annotation beside them. */
export const OWN_MODEL = 'Marquee'

/** Marks without a place in Label Studio. */
export const MARKS = ['difficult', 'truncated', 'occluded', 'iscrowd'] as const satisfies readonly (keyof Annotation)[]

export type Values = Readonly<Record<string, unknown>>

/** What is said about a region by controls of its own: choices, texts, numbers, ratings, by the control's name. */
export function regionAttributes(results: readonly Values[]): Annotation['attributes'] {
  const entries = results.map(
    (result) => [result['from_name'], plainValue(result['value'] as Values | null | undefined, result['type'])] as const,
  )
  return Object.fromEntries(
    entries.filter(([name, value]) => typeof name === 'string' && value !== null),
  ) as Annotation['attributes']
}

function plainValue(value: Values | null | undefined, type: unknown): string | number | null {
  if (type === 'number' || type === 'rating') return typeof value?.[type] === 'number' ? value[type] : null
  const said = type === 'textarea' ? value?.['text'] : type === 'choices' ? value?.['choices'] : null
  if (typeof said === 'string') return said
  return Array.isArray(said) && said.every((one) => typeof one === 'string') ? said.join(type === 'textarea' ? '\n' : ', ') : null
}
