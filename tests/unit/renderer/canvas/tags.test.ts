import { describe, expect, it } from 'vitest'
import { shortened } from '../../../../src/renderer/canvas/tags.ts'

/** Ten pixels a character. */
const widthOf = (text: string) => 10 * [...text].length

describe('the text of a tag', () => {
  it('stays as it is where it fits', () => {
    expect(shortened('red circle', 100, widthOf)).toBe('red circle')
  })

  it('is as long as there is room for, with a sign that more follows', () => {
    expect(shortened('red circles', 100, widthOf)).toBe('red circl…')
    expect(shortened('a very long name', 70, widthOf)).toBe('a very…')
  })

  it('cuts no character in two', () => {
    expect(shortened('🫁🫁🫁', 20, widthOf)).toBe('🫁…')
  })
})
