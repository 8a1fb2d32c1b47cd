import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parsePrompt } from '../../../src/cli/prompts.ts'
import { progress, timeLeft } from '../../../src/cli/progress.ts'
import { firstOf, fit, plural, printable, table, width } from '../../../src/cli/text.ts'

describe('text', () => {
  it.each([
    ['abc', 3],
    ['ä', 1],
    ['a\u0308', 1],
    ['日本', 4],
    ['😀', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['ﾊ', 1],
    ['한', 2],
    ['', 0],
  ])('%s takes the columns a terminal gives it', (text, columns) => {
    expect(width(text)).toBe(columns)
  })

  it('is cut at whole graphemes', () => {
    expect(fit('日本語', 6)).toBe('日本語')
    expect(fit('日本語', 5)).toBe('日本…')
    expect(fit('日本語', 4)).toBe('日…')
    expect(fit('a👩‍👩‍👧b', 3)).toBe('a…')
  })

  it('cannot move the cursor', () => {
    expect(printable('a\x1b[2Jb\rc\u009bd\n')).toBe('a\ufffd[2Jb\ufffdc\ufffdd\n')
  })

  it('lines up in tables whatever the letters, numbers to the right', () => {
    expect(table(['label', 'n'], [['日本', 1], ['a', 10]])).toBe('label   n\n─────  ──\n日本    1\na      10')
  })

  it('of long lists comes shortened, and says so', () => {
    expect(firstOf(['a', 'b'])).toEqual(['a', 'b'])
    const lines = firstOf(Array.from({ length: 25 }, (_, n) => String(n)))
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('… and 5 more (--json lists all)')
  })

  it('counts', () => {
    expect([plural(0, 'image'), plural(1, 'image'), plural(2, 'image')]).toEqual(['0 images', '1 image', '2 images'])
  })
})

describe('prompts', () => {
  it.each([
    ['red circle', { words: 'red circle', label: 'red circle' }],
    [' bright lesion = tumour ', { words: 'bright lesion', label: 'tumour' }],
    ['a=b=c', { words: 'a=b', label: 'c' }],
  ])('%s', (text, prompt) => {
    expect(parsePrompt(text)).toEqual(prompt)
  })
})

describe('time left', () => {
  it.each([
    [1000, 1, 5, '5 s left'],
    [1000, 4, 1, '1 s left'],
    [60_000, 1, 2, '2 min 0 s left'],
    [60_000, 1, 125, '2 h 5 min left'],
    [1000, 0, 5, ''],
  ])('%i ms for %i, %i to go', (elapsed, done, left, text) => {
    expect(timeLeft(elapsed, done, left)).toBe(text)
  })
})

describe('progress', () => {
  function stream(more: object) {
    const written = new PassThrough().setEncoding('utf8')
    const target = Object.assign(written, more) as unknown as NodeJS.WriteStream
    return { bar: progress(target), text: () => (written.read() as string | null) ?? '' }
  }

  it('is plain lines where nothing can be redrawn: the first, the last, and what matters', () => {
    const { bar, text } = stream({})
    bar.begin()
    bar.say('not shown')
    bar.update(1, 4, 'a.png: 1 object')
    bar.update(2, 4, 'b.png: 1 object')
    bar.update(3, 4, 'c.png: broken', true)
    bar.update(4, 4, 'd.png: 0 objects')
    bar.end()
    expect(text()).toMatch(/^1\/4 {2}a\.png: 1 object {2}\(\d+ s left\)\n3\/4 {2}c\.png: broken {2}\(\d+ s left\)\n4\/4 {2}d\.png: 0 objects\n$/)
  })

  it('is one line redrawn on a terminal, never wider than it, and gone in the end', () => {
    const { bar, text } = stream({ isTTY: true, columns: 60 })
    bar.begin()
    bar.update(1, 2, `${'長'.repeat(40)}.png`)
    const drawn = text()
    expect(drawn.startsWith('\r\x1b[K████████████░░░░░░░░░░░░ 1/2  ')).toBe(true)
    expect(width(drawn.slice(4))).toBeLessThanOrEqual(59)
    bar.update(2, 2, 'b.png: broken', true)
    expect(text()).toBe(`\r\x1b[Kb.png: broken\n\r\x1b[K${'█'.repeat(24)} 2/2  `)
    bar.end()
    expect(text()).toBe('\r\x1b[K')
    bar.end()
    expect(text()).toBe('')
  })

  it('does not count what an earlier start did into the time left', () => {
    const { bar, text } = stream({})
    bar.begin()
    bar.update(9000, 9001, 'a.png')
    expect(text()).toMatch(/^9000\/9001 {2}a\.png {2}\([01] s left\)\n$/)
  })
})
