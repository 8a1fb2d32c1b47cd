import { describe, expect, it } from 'vitest'
import { ColorPicker, PALETTE } from '../../../src/core/store/palette.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import { LabelId, LabelSchema } from '../../../src/shared/model.ts'
import { annotation } from '../../helpers/annotations.ts'
import { fill, projectFolder } from '../../helpers/projects.ts'

const folder = projectFolder()
const refusal = (code: string) => expect.objectContaining({ code }) as Error

describe('labels', () => {
  it('get a colour and a key of their own, in order', async () => {
    const { labels } = await folder.create()
    const made = Array.from({ length: 12 }, (_, n) => labels.ensure(`label ${String(n)}`))
    expect(made.map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', null, null, null])
    expect(new Set(made.map(({ color }) => color)).size).toBe(12)
    expect(made.map(({ order }) => order)).toEqual([...Array(12).keys()])
    for (const label of made) expect(LabelSchema.parse(label)).toEqual(label)
    expect(labels.list()).toEqual(made)
  })

  it('are made once per name, whatever the space around it or its normal form', async () => {
    const { labels } = await folder.create()
    const first = labels.ensure('\u00fcber', { id: 7, supercategory: 'x' })
    expect(first.source).toEqual({ id: 7, supercategory: 'x' })
    expect(labels.ensure('  u\u0308ber ')).toEqual(first)
    expect(labels.byName('u\u0308ber')).toEqual(first)
    expect(labels.byName('Über')).toBeNull()
    expect(() => labels.ensure('  ')).toThrow(refusal('invalid-argument'))
  })

  it('can be renamed, recoloured and given another key', async () => {
    const { labels } = await folder.create()
    const [car, dog] = [labels.ensure('car'), labels.ensure('dog')]
    expect(labels.rename(car.id, 'lorry').name).toBe('lorry')
    expect(labels.rename(car.id, 'lorry').name).toBe('lorry')
    expect(() => labels.rename(car.id, 'dog')).toThrow(refusal('invalid-argument'))
    expect(labels.recolour(dog.id, '#ABCDEF').color).toBe('#abcdef')
    expect(() => labels.recolour(dog.id, 'red')).toThrow(refusal('invalid-argument'))
    expect(labels.setKey(dog.id, '1').key).toBe('1')
    expect(labels.get(car.id).key).toBeNull()
    expect(labels.setKey(dog.id, null).key).toBeNull()
    expect(labels.ensure('cat').key).toBe('1')
    expect(() => labels.rename(LabelId.parse(99), 'x')).toThrow(refusal('not-found'))
  })

  it('can be put in another order', async () => {
    const { labels } = await folder.create()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => labels.ensure(name).id)
    expect(labels.reorder([c!, a!]).map(({ id }) => id)).toEqual([c, a, b])
    expect(labels.ensure('d').order).toBe(3)
    expect(() => labels.reorder([LabelId.parse(99)])).toThrow(refusal('not-found'))
  })

  it('can be removed once no annotation has them, and their id is not used again', async () => {
    const project = await folder.create()
    const { ids, labelId } = fill(project, 1)
    const edit = { imageId: ids[0]!, actor: 'a', reason: 'r' }
    project.annotations.apply({ ...edit, baseRevision: 0, changes: { ...EMPTY_CHANGES, added: [annotation(1)] } })
    expect(() => { project.labels.remove(labelId) }).toThrow(refusal('invalid-argument'))
    project.annotations.apply({ ...edit, baseRevision: 1, changes: { ...EMPTY_CHANGES, removed: [annotation(1)] } })
    project.labels.remove(labelId)
    expect(project.labels.list()).toEqual([])
    expect(project.labels.ensure('car').id).not.toBe(labelId)
    expect(() => { project.labels.remove(labelId) }).toThrow(refusal('not-found'))
  })
})

describe('colours', () => {
  it('are used once each before any twice, also where other ones are in use', () => {
    const picker = new ColorPicker(['#123456'])
    const used = Array.from({ length: PALETTE.length * 2 }, () => picker.next())
    expect(new Set(used.slice(0, PALETTE.length))).toEqual(new Set(PALETTE))
    expect(new Set(used.slice(PALETTE.length))).toEqual(new Set(PALETTE))
    expect(new ColorPicker(PALETTE.slice(1)).next()).toBe(PALETTE[0])
  })
})

describe('many labels at once', () => {
  it('come in their order, with the keys that are left, and those that are there stay', async () => {
    const project = await folder.create()
    const car = project.labels.ensure('car')
    const names = ['dog', 'car', ...Array.from({ length: 5000 }, (_, n) => `class ${String(n)}`)]
    const made = project.labels.ensureAll(names.map((name) => ({ name, source: null })))
    expect(made.map(({ name }) => name)).toEqual(names)
    expect(made[1]).toEqual(car)
    expect(project.labels.list().slice(0, 12).map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', null, null, null])
  })
})
