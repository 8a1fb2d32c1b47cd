import { describe, expect, it } from 'vitest'
import { attributeNames, attributeOf, common, groupOf, withAttribute } from '../../../../src/renderer/panels/side/details.ts'
import { annotation } from '../../../helpers/annotations.ts'

describe('details of objects', () => {
  it('show what all have in common', () => {
    expect(common([3, 3])).toBe(3)
    expect(common([3, null])).toBeUndefined()
    expect(common([null, null])).toBeNull()
  })

  it('list every attribute once, without the one that has a field of its own', () => {
    const one = annotation(1, { attributes: { weather: 'fog', description: 'left' } })
    const two = annotation(2, { attributes: { parked: true, weather: 'sun' } })
    expect(attributeNames([one, two])).toEqual(['weather', 'parked'])
  })

  it('take numbers and yes or no for what they are, only where they are written as such', () => {
    expect(['true', 'false', '7', '-0.5', '007', '1e3', '7 up', 'True', ''].map(attributeOf)).toEqual([true, false, 7, -0.5, '007', '1e3', '7 up', 'True', ''])
  })

  it('take whole numbers from 0 as a group, and nothing for none', () => {
    expect(['', ' ', '0', '12', '-1', '1.5', 'a'].map(groupOf)).toEqual([null, null, 0, 12, undefined, undefined, undefined])
  })

  it('change nothing where nothing changes, and leave no empty attribute behind', () => {
    const one = annotation(1, { attributes: { weather: 'fog' } })
    expect(withAttribute(one, 'weather', 'fog')).toBe(one)
    expect(withAttribute(one, 'absent', undefined)).toBe(one)
    expect(withAttribute(one, 'lane', 2).attributes).toEqual({ weather: 'fog', lane: 2 })
    expect(withAttribute(one, 'weather', undefined).attributes).toEqual({})
  })
})
