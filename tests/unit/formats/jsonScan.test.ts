import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GroupedPlaces } from '../../../src/core/formats/common/json/groupedPlaces.ts'
import { lineOf, scanJson } from '../../../src/core/formats/common/json/jsonScan.ts'
import type { JsonDamage } from '../../../src/core/formats/common/json/jsonScan.ts'
import { JsonScanner } from '../../../src/core/formats/common/json/jsonScanner.ts'

interface Met {
  readonly elements: { key: string | null; text: string; ids: unknown[]; kind: string }[]
  readonly members: Record<string, string>
  readonly damage: JsonDamage | null
}

/** Feeds the scanner `step` bytes at a time, as a file is read. */
function scan(text: string, step = 1 << 20): Met {
  const bytes = Buffer.from(text)
  const cut = (start: number, length: number) => bytes.toString('utf8', start, start + length)
  const met = { elements: [] as Met['elements'], members: {} as Record<string, string> }
  const scanner = new JsonScanner({
    elementsOf: (key) => (start, length, ids, kind) => met.elements.push({ key, text: cut(start, length), ids: [...ids], kind }),
    member: (key, { start, length }) => Object.defineProperty(met.members, key, { value: cut(start, length), enumerable: true, configurable: true }),
  }, ['id', 'image_id'])
  for (let base = 0, end = 0; scanner.damage === null; ) {
    const isLast = end === bytes.length
    end = Math.min(bytes.length, end + step)
    base += scanner.push(bytes.subarray(base, end), end - base, base, isLast)
    if (isLast) break
  }
  return { ...met, damage: scanner.damage }
}

describe('what is found', () => {
  it('is every member and element of any document, however it is cut and spaced', () => {
    const record = fc.dictionary(fc.oneof(fc.constantFrom('id', 'image_id', 'é"\\'), fc.string()), fc.jsonValue())
    const root = fc.dictionary(fc.oneof(fc.constantFrom('images', 'annotations'), fc.string()), fc.oneof(fc.jsonValue(), fc.array(record)))
    fc.assert(
      fc.property(root, fc.constantFrom(0, 1, '\t'), fc.integer({ min: 1, max: 30 }), (value, space, step) => {
        const { elements, members, damage } = scan(JSON.stringify(value, null, space), step)
        const plain = JSON.parse(JSON.stringify(value)) as Record<string, unknown>
        expect(damage).toBeNull()
        expect(Object.entries(members).map(([key, text]) => [key, JSON.parse(text) as unknown])).toEqual(Object.entries(plain))
        const lists = Object.entries(plain).flatMap(([key, list]) => (Array.isArray(list) ? list.map((one: unknown) => ({ key, one })) : []))
        expect(elements.map(({ key, text }) => ({ key, one: JSON.parse(text) as unknown }))).toEqual(lists)
        lists.forEach(({ one }, n) => {
          const isRecord = typeof one === 'object' && one !== null && !Array.isArray(one)
          const idOf = (key: string) => {
            const id = isRecord && Object.hasOwn(one, key) ? (one as Record<string, unknown>)[key] : null
            return typeof id === 'number' || typeof id === 'string' ? id : null
          }
          // Whole numbers that a double can't tell apart stay text; there is one zero.
          const told = (id: unknown) => (Number.isInteger(id) && !Number.isSafeInteger(id) && Math.abs(id as number) < 1e21 ? String(id) : id === 0 ? 0 : id)
          expect(elements[n]!.ids.map(told)).toEqual([idOf('id'), idOf('image_id')].map(told))
        })
      }),
      { numRuns: 600 },
    )
  })

  it('ids are those of the element itself: numbers, text, and numbers too large for one', () => {
    const text = '\uFEFF[ {"a": {"id": 1}, "b": "id", "id" : 12e1, "image_id":"x\\u0041"} ,{"id":9007199254740993,"image_id":900100002299}, 5, "]", null, [{"id": 3}]]'
    const { elements, damage } = scan(text, 7)
    expect(damage).toBeNull()
    expect(elements.map(({ ids }) => ids)).toEqual([[120, 'xA'], ['9007199254740993', 900100002299], [null, null], [null, null], [null, null], [null, null]])
    expect(elements.map(({ text: one }) => one).slice(2)).toEqual(['5', '"]"', 'null', '[{"id": 3}]'])
  })

  it('marks what is nested deeper than anything that is meant', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(scan(`[${nested(90)},${nested(200)}, [1], 7]`).elements.map(({ kind }) => kind)).toEqual(['object', 'deep', 'other', 'other'])
  })
})

describe('damage', () => {
  it.each([
    ['', 0, /is empty/],
    ['{"a": [1, 2], "b": [{"c": 1}, {"d": ', 30, /record that starts here does not end/],
    ['{"a": 1', 7, /cut off here/],
    ['{"a": "b', 8, /cut off here/],
    ['{"a" 1}', 5, /colon is missing/],
    ['{a: 1}', 1, /key in quotes/],
    ['<xml/>', 0, /does not start with/],
    ['{"a": ]}', 6, /closes what is not open/],
    ['[1] x', 4, /behind its end/],
    ['\u0000', 0, /does not start/],
  ])('of %j is told with its place', (text, offset, reason) => {
    const { damage } = scan(text, 3)
    expect(damage?.reason).toMatch(reason)
    expect(damage?.offset).toBe(offset)
  })

  it('leaves what stands before it', () => {
    const { elements, members } = scan('{"images": [{"id": 1}], "annotations": [{"id": 2}, {"id": 3, "x": [1,')
    expect(elements.map(({ ids }) => ids[0])).toEqual([1, 2])
    expect(Object.keys(members)).toEqual(['images'])
  })
})

describe('files', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'scan-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('larger than one read, with texts longer than one, are walked whole; lines are counted', async () => {
    const long = 'x'.repeat(9 * 2 ** 20)
    const path = join(folder, 'a.json')
    writeFileSync(path, `{"a": [${Array.from({ length: 200_000 }, (_, n) => `{"id":${n},\n"t":"\\"]"}`).join(',')}], "long": "${long}", "b": [1]}`)
    const handle = await open(path)
    const ids: unknown[] = []
    const keys: string[] = []
    const damage = await scanJson(handle, { elementsOf: () => (_start, _length, [id]) => ids.push(id), member: (key) => keys.push(key) }, ['id'])
    expect(damage).toBeNull()
    expect(ids).toEqual([...Array.from({ length: 200_000 }, (_, n) => n), null])
    expect(keys).toEqual(['a', 'long', 'b'])
    expect(await lineOf(handle, 0)).toBe(1)
    expect(await lineOf(handle, 2 ** 40)).toBe(200_001)
    await handle.close()
  })
})

it('places are given back by group, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 3000 }), (groups) => {
      const places = new GroupedPlaces()
      groups.forEach((group, n) => places.add(group, 2 ** 40 + n, n))
      for (const group of new Set([...groups, 9999])) {
        const expected = groups.flatMap((one, n) => (one === group ? [[2 ** 40 + n, n]] : []))
        expect([...places.of(group)]).toEqual(expected)
      }
    }),
    { numRuns: 30 },
  )
})
