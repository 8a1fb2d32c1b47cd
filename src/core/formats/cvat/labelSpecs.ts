/** Which attributes the objects of each label have, for the <meta> of a CVAT file. */
import type { Annotation, Label } from '../../../shared/model.ts'
import { escapeXml, xmlElement } from '../common/xml/writeXml.ts'
import { ID } from './names.ts'
import type { CvatAttribute } from './names.ts'

const KINDS = { boolean: 'checkbox', number: 'number', string: 'text' } as const

export class LabelSpecs {
  private readonly labels: readonly Label[]
  private readonly specs: ReadonlyMap<string, Map<string, CvatAttribute>>

  /** Attributes that a label came with are declared as they were. */
  constructor(labels: readonly Label[]) {
    this.labels = labels
    this.specs = new Map(labels.map(({ name, source }) => [name, new Map(declared(source).map((one) => [one.name, one]))]))
  }

  /** Declares what is new. Returns the types of the values that are other ones than declared, by name. */
  add(label: string, attributes: Annotation['attributes']): Record<string, string> {
    const specs = this.specs.get(label)!
    const others: Record<string, string> = {}
    for (const [name, value] of Object.entries(attributes)) {
      const kind = KINDS[typeof value as keyof typeof KINDS]
      const spec = specs.get(name) ?? newAttribute(name, kind)
      specs.set(name, spec)
      if (kind !== spec.input_type && (kind !== 'text' || ['checkbox', 'number'].includes(spec.input_type))) others[name] = kind
    }
    return others
  }

  xml(indent: string): string {
    const labels = this.labels.map(({ name, color, source }) => {
      const attributes = [...this.specs.get(name)!.values()].map((spec) =>
        xmlElement('attribute', {}, fields(spec, `${indent}        `), `${indent}      `),
      )
      const type = source?.['format'] === ID && typeof source['type'] === 'string' ? source['type'] : 'any'
      const list = xmlElement('attributes', {}, attributes.join(''), `${indent}    `)
      const inside = `${fields({ name, color, type }, `${indent}    `)}${list}`
      return xmlElement('label', {}, inside, `${indent}  `)
    })
    return xmlElement('labels', {}, labels.join(''), indent)
  }
}

function declared(source: Label['source']): CvatAttribute[] {
  const list = source?.['format'] === ID ? source['attributes'] : null
  return Array.isArray(list) ? (list as CvatAttribute[]) : []
}

/** CVAT wants the range of a number and the default of a checkbox. */
function newAttribute(name: string, kind: string): CvatAttribute {
  const values = kind === 'number' ? '-1000000;1000000;1' : ''
  const first = kind === 'number' ? '0' : kind === 'checkbox' ? 'false' : ''
  return { name, mutable: 'False', input_type: kind, default_value: first, values }
}

/** An element for each value. */
export function fields(values: object, indent: string): string {
  return Object.entries(values)
    .map(([tag, value]) => xmlElement(tag, {}, escapeXml(String(value)), indent))
    .join('')
}
