/** The categories of COCO files as labels: by id within a file, by name across files. */
import type { DatasetLabel, ReadContext } from '../dataset.ts'
import { idKey } from './document.ts'
import type { CocoDocument, CocoId, CocoRecord } from './document.ts'

export class CocoLabels {
  private readonly context: ReadContext
  private readonly byName = new Map<string, DatasetLabel>()
  private readonly byId = new Map<CocoDocument, Map<CocoId, string>>()

  constructor(context: ReadContext) {
    this.context = context
  }

  list(): readonly DatasetLabel[] {
    return [...this.byName.values()]
  }

  declare(document: CocoDocument): void {
    const names = this.namesOf(document)
    for (const place of document.categories) {
      const record = document.record(place)
      const id = typeof record === 'string' ? undefined : record['id']
      if (typeof record === 'string' || !isId(id)) this.remark(document, `category at byte ${place.start}`, typeof record === 'string' ? record : 'has no id')
      else if (names.has(idKey(id))) this.remark(document, `category ${id}`, 'is declared twice; the first one holds')
      else names.set(idKey(id), this.add(document, id, record, new Set(names.values())))
    }
  }

  /** The label of a category; one that no file declares is named by its id, or as an earlier import called it. */
  nameOf(document: CocoDocument, id: CocoId): string {
    const names = this.namesOf(document)
    const known = names.get(idKey(id))
    if (known !== undefined) return known
    const name = this.context.known?.label('coco', id) ?? String(id)
    names.set(idKey(id), name)
    this.remark(document, `category ${id}`, `is not declared; its objects have the label "${name}"`)
    if (!this.byName.has(name)) this.byName.set(name, { name, source: { format: 'coco', id } })
    return name
  }

  /** Lets a file use the categories another declares. */
  lend(from: CocoDocument, to: CocoDocument): void {
    const names = this.namesOf(to)
    for (const [id, name] of this.namesOf(from)) if (!names.has(id)) names.set(id, name)
  }

  private namesOf(document: CocoDocument): Map<CocoId, string> {
    const names = this.byId.get(document) ?? new Map<CocoId, string>()
    this.byId.set(document, names)
    return names
  }

  private add(document: CocoDocument, id: CocoId, record: CocoRecord, taken: ReadonlySet<string>): string {
    const { name: given, ...rest } = record
    const written = (typeof given === 'string' || typeof given === 'number' ? String(given) : '').trim()
    let name = written || String(id)
    if (!written) this.remark(document, `category ${id}`, `has no name; its label is "${name}"`)
    if (taken.has(name)) {
      this.remark(document, `category ${id}`, `has the name of another category, "${name}"; its label is "${name} (${id})"`)
      name = `${name} (${id})`
    }
    const before = this.byName.get(name)
    const color = colorOf(rest['color'])
    this.byName.set(name, { name, ...(color && { color }), ...before, source: { ...rest, ...before?.source, format: 'coco' } })
    return name
  }

  private remark(document: CocoDocument, place: string, reason: string): void {
    this.context.problem({ file: document.path, place, reason, objects: 0 })
  }
}

export function isId(value: unknown): value is CocoId {
  return (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value !== '')
}

/** [red, green, blue] of panoptic categories, or '#rrggbb'. */
function colorOf(value: unknown): string | null {
  if (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)) return value.toLowerCase()
  const isColor = Array.isArray(value) && value.length === 3 && value.every((part) => Number.isInteger(part) && part >= 0 && part < 256)
  return isColor ? `#${Buffer.from(value as number[]).toString('hex')}` : null
}
