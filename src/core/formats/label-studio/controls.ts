/** The labeling configuration that tasks need: a control for everything that results speak of. */
import type { Label } from '../../../shared/model.ts'
import { xmlElement } from '../common/xml/writeXml.ts'
import type { Values } from './names.ts'

/** Elements of the configuration whose results have their names in lower case as type. */
const WITH_LABELS = ['RectangleLabels', 'PolygonLabels', 'BrushLabels', 'EllipseLabels', 'KeyPointLabels', 'Labels']
const OTHERS = ['Rectangle', 'Polygon', 'Brush', 'Ellipse', 'KeyPoint', 'Number', 'Rating', 'TextArea', 'Choices']
const ELEMENTS: ReadonlyMap<string, string> = new Map([...WITH_LABELS, ...OTHERS].map((tag) => [tag.toLowerCase(), tag]))

interface Control {
  readonly type: string
  readonly toName: string
  /** Choices met. */
  readonly items: Set<string>
  readonly isPerRegion: boolean
}

export class Controls {
  private readonly labels: readonly Label[]
  private readonly controls = new Map<string, Control>()

  constructor(labels: readonly Label[]) {
    this.labels = labels
    for (const type of ['rectanglelabels', 'polygonlabels', 'brushlabels']) this.add(NAMES[type]!, type, 'image', [], false)
  }

  /** The names and type of a new result. */
  of(type: string): Values {
    const name = NAMES[type]!
    return { from_name: name, to_name: 'image', type }
  }

  /** A result that is written as it came. */
  use(result: Values): void {
    const { from_name: name, to_name: toName, type, value } = result
    if (typeof name !== 'string' || typeof type !== 'string') return
    const choices = (value as Values | null | undefined)?.['choices']
    const items = Array.isArray(choices) ? choices.filter((one) => typeof one === 'string') : []
    this.add(name, type, typeof toName === 'string' ? toName : 'image', items, typeof result['original_width'] === 'number')
  }

  private add(name: string, type: string, toName: string, items: readonly string[], isPerRegion: boolean): void {
    const control = this.controls.get(name) ?? { type, toName, items: new Set<string>(), isPerRegion }
    this.controls.set(name, control)
    for (const item of items) control.items.add(item)
  }

  xml(): string {
    const pictures = [...new Set([...this.controls.values()].map(({ toName }) => toName))]
    const images = pictures.map((name) => xmlElement('Image', { name, value: '$image' }, '', '  '))
    const controls = [...this.controls].map(([name, control]) => this.controlXml(name, control))
    return `${xmlElement('View', {}, images.join('') + controls.join('')).trimStart()}\n`
  }

  private controlXml(name: string, { type, toName, items, isPerRegion }: Control): string {
    const tag = ELEMENTS.get(type)
    if (tag === undefined) return ''
    const labels = this.labels.map((label) => xmlElement('Label', { value: label.name, background: label.color }, '', '    '))
    const choices = [...items].map((value) => xmlElement('Choice', { value }, '', '    '))
    const inside = WITH_LABELS.includes(tag) ? labels : tag === 'Choices' ? choices : []
    const perRegion = isPerRegion && ['choices', 'textarea', 'number', 'rating'].includes(type) ? { perRegion: 'true' } : {}
    return xmlElement(tag, { name, toName, ...perRegion }, inside.join(''), '  ')
  }
}

/** Of the controls for new results. */
const NAMES: Readonly<Record<string, string>> = { rectanglelabels: 'box', polygonlabels: 'polygon', brushlabels: 'brush' }
