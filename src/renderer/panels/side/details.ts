/** What the detail fields show of several annotations, and how what is typed becomes a value. */
import type { Annotation } from '../../../shared/model.ts'

export type Attribute = Annotation['attributes'][string]

/** The attribute that has a field of its own. */
export const DESCRIPTION = 'description'

/** What all have in common: `undefined` where they differ. */
export function common<Value>(values: readonly Value[]): Value | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined
}

/** Names of own attributes that any of them has, in the order they were given. */
export function attributeNames(annotations: readonly Annotation[]): string[] {
  const names = annotations.flatMap(({ attributes }) => Object.keys(attributes))
  return [...new Set(names)].filter((name) => name !== DESCRIPTION)
}

/** `true`, `false` and numbers as they are written usually are what they say; everything else is text. */
export function attributeOf(text: string): Attribute {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return text !== '' && String(number) === text && Number.isFinite(number) ? number : text
}

/** Whole numbers from 0; null for none, undefined for what is no group. */
export function groupOf(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const group = Number(text)
  return Number.isSafeInteger(group) && group >= 0 ? group : undefined
}

/** With an attribute set, or without it where `value` is undefined. The same annotation where nothing changes. */
export function withAttribute(annotation: Annotation, name: string, value: Attribute | undefined): Annotation {
  if (annotation.attributes[name] === value) return annotation
  if (value !== undefined) return { ...annotation, attributes: { ...annotation.attributes, [name]: value } }
  return { ...annotation, attributes: Object.fromEntries(Object.entries(annotation.attributes).filter(([other]) => other !== name)) }
}
