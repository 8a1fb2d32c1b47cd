import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseReply, type ReplyFrame } from '../../../../src/core/inference/qwen2vl/parse.ts'

const frame = (coordinates: ReplyFrame['coordinates'] = 'relative-1000'): ReplyFrame => ({
  coordinates,
  image: { width: 2000, height: 500 },
  resized: { width: 560, height: 140 },
})

/** [x0, y0, x1, y1] of every box, rounded to a hundredth of a pixel. */
function boxesOf(text: string, coordinates?: ReplyFrame['coordinates']): number[][] {
  return parseReply(text, frame(coordinates)).boxes.map(({ box }) => [box.x0, box.y0, box.x1, box.y1].map((v) => Math.round(v * 100) / 100))
}
const reasons = (text: string) => parseReply(text, frame()).refused.map(({ reason }) => reason)
const notes = (text: string, coordinates?: ReplyFrame['coordinates']) => parseReply(text, frame(coordinates)).boxes.map((box) => box.notes)

const ONE = [[20, 100, 80, 200]]
const TWO = [...ONE, [1000, 0, 2000, 500]]

describe('forms of a reply', () => {
  it.each([
    ['box tokens', '<|object_ref_start|>cats<|object_ref_end|><|box_start|>(10,200),(40,400)<|box_end|><|box_start|>(500,0),(1000,1000)<|box_end|><|im_end|>', TWO],
    ['box tokens lost in decoding', 'cats(10,200),(40,400)(500,0),(1000,1000)', TWO],
    ['spaces', '( 10 , 200 ) , ( 40, 400 )', ONE],
    ['words between corners', 'from (10,200) to (40,400)', ONE],
    ['a list', '[10, 200, 40, 400]', ONE],
    ['nested lists', '[[10, 200, 40, 400], [500, 0, 1000, 1000]]', TWO],
    ['corners as lists', '[[10, 200], [40, 400]]', ONE],
    ['fenced JSON', '```json\n[\n  {"bbox_2d": [10, 200, 40, 400], "label": "cat 7"},\n  {"bbox_2d": [500, 0, 1000, 1000], "label": "cat"}\n]\n```', TWO],
    ['JSON under another key', '{"bbox": [10,200,40,400]}', ONE],
    ['named coordinates', '{"x1": 10, "y1": 200, "x2": 40, "y2": 400}', ONE],
    ['named coordinates in another order', '{"xmin": 10, "xmax": 40, "ymin": 200, "ymax": 400}', ONE],
    ['parentheses of four', 'It is at (10, 200, 40, 400).', ONE],
    ['strings as numbers', '["10", "200", "40", "400"]', ONE],
    ['decimals', '(10.0,200.0),(40.0,400.0)', ONE],
    ['box tokens around a list', '<|box_start|>[10,200,40,400]<|box_end|>', ONE],
    ['a second start where the end should be', '<|box_start|>(10,200),(40,400)<|box_start|>(500,0),(1000,1000)<|box_end|>', TWO],
    ['Chinese punctuation', '猫在（10，200），（40，400）。'.replaceAll('（', '(').replaceAll('）', ')'), ONE],
  ])('reads %s', (_, text, expected) => {
    expect(boxesOf(text)).toEqual(expected)
    expect(reasons(text)).toEqual([])
  })

  it.each(['There are none.', 'There are none.<|im_end|>', '', '[]', '```json\n[]\n```', 'I see 3 cats and (maybe) 2 dogs; none match.', '{"label": "none"}'])(
    'finds no box in %j, and nothing to refuse',
    (text) => expect(parseReply(text, frame())).toEqual({ boxes: [], refused: [] }),
  )
})

describe('repairs', () => {
  it('puts corners in order', () => {
    expect(boxesOf('(40,400),(10,200)')).toEqual(ONE)
    expect(notes('(40,400),(10,200)')).toEqual([['its corners were in the wrong order']])
  })
  it('cuts at the edge of the image', () => {
    expect(boxesOf('(-5,200),(40,1200)')).toEqual([[0, 100, 80, 500]])
    expect(notes('(-5,200),(40,1200)')[0]![0]).toContain('over the edge')
  })
  it('reads fractions where thousandths were due', () => {
    expect(boxesOf('[0.01, 0.4, 0.04, 0.8]')).toEqual([[20, 200, 80, 400]])
    expect(notes('[0.01, 0.4, 0.04, 0.8]')[0]![0]).toContain('0 to 1')
  })
  it('reads thousandths where fractions were due', () => {
    expect(boxesOf('(10,200),(40,400)', 'relative-1')).toEqual(ONE)
    expect(notes('(10,200),(40,400)', 'relative-1')[0]![0]).toContain('0 to 1000')
  })
  it('takes the box around a quadrilateral', () => {
    for (const text of ['<|quad_start|>(40,200),(40,400),(10,400),(10,200)<|quad_end|>', '[10,200,40,200,40,400,10,400]']) {
      expect(boxesOf(text)).toEqual(ONE)
      expect(notes(text)[0]![0]).toContain('quadrilateral')
    }
  })
  it('keeps a whole box whose closing token is missing', () => {
    expect(boxesOf('<|box_start|>(10,200),(40,400)')).toEqual(ONE)
    expect(notes('<|box_start|>(10,200),(40,400)')).toEqual([['its closing token is missing']])
  })
  it('keeps four numbers without brackets', () => {
    expect(boxesOf('box: 10, 200, 40, 400')).toEqual(ONE)
    expect(notes('box: 10, 200, 40, 400')).toEqual([['written without brackets']])
  })
})

describe('coordinate conventions', () => {
  it('scales pixels of the resized image', () => expect(boxesOf('[56, 14, 280, 140]', 'resized-pixels')).toEqual([[200, 50, 1000, 500]]))
  it('scales fractions', () => expect(boxesOf('[0.1, 0.1, 0.5, 1]', 'relative-1')).toEqual([[200, 50, 1000, 500]]))
  it('leaves declared scales without a note', () => {
    expect(notes('[56, 14, 280, 140]', 'resized-pixels')).toEqual([[]])
    expect(notes('[0.1, 0.1, 0.5, 1]', 'relative-1')).toEqual([[]])
  })
})

describe('refusals', () => {
  it.each([
    ['(10,200),(10,400)', 'no area'],
    ['[NaN, 200, 40, 400]', 'not a number'],
    ['(10,200),(40,1e999)', 'not a number'],
    ['(10,200),(40,99999999)', 'far outside'],
    ['(1100,200),(1200,400)', 'lies outside'],
    ['(10,200),(40', 'ends in the middle'],
    ['[10, 200, 40, 4', 'ends in the middle'],
    ['{"bbox_2d": [10', 'ends in the middle'],
    ['<|box_start|>(10,200),(', 'ends in the middle'],
    ['<|box_start|>', 'ends in the middle'],
    ['<|box_start|><|box_end|>', 'no coordinates'],
    ['<|box_start|>the cat<|box_end|>', 'no coordinates'],
    ['<|box_start|>(58)<|box_end|>', '1 number'],
    ['(10,200)', 'only one corner'],
    ['[10, 200, 40]', '3 numbers'],
    ['[1,2,3,4,5]', '5 numbers'],
    ['[10, 200 and a half, 40, 400]', 'interrupted by "and"'],
    ['[10%, 20%, 40%, 50%]', 'percentages'],
    ['{"x1": 10, "y1": 200, "x2": 40, "x0": 1}', 'by name'],
    ['<|quad_start|>(1,2),(3,4)<|quad_end|>', 'quadrilateral has 8'],
  ])('refuses %s: %s', (text, reason) => {
    const found = reasons(text)
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]).toContain(reason)
    expect(boxesOf(text)).toEqual([])
  })

  it('shows the characters of the reply', () => {
    expect(parseReply('cats: [10, 200, 40] and (10,200),(40,400)', frame()).refused[0]!.text).toBe('[10, 200, 40]')
  })
  it('keeps the other boxes', () => {
    const { boxes, refused } = parseReply('(10,200),(40,400)(7)<|box_start|>(1,2)<|box_end|>(500,0),(1000,1000)', frame())
    expect(boxes).toHaveLength(2)
    expect(refused).toHaveLength(1)
  })
})

describe('a reply still being written', () => {
  it('tells each box once it is closed, and never takes one back', () => {
    const text = '<|object_ref_start|>x<|object_ref_end|><|box_start|>(10,200),(40,400)<|box_end|> [[1,2,3,4],[5,6,7,8]] (1,2), (3,4) <|box_start|>(1,1),(2'
    let before = 0
    for (let length = 0; length <= text.length; length++) {
      const { boxes } = parseReply(text.slice(0, length), frame(), { complete: false })
      expect(boxes.length).toBeGreaterThanOrEqual(before)
      before = boxes.length
    }
    expect(before).toBe(4)
  })
})

const integer = fc.integer({ min: -50, max: 1100 })
const four = fc.tuple(integer, integer, integer, integer)
const written = fc.oneof(
  four.map(([a, b, c, d]) => `(${a},${b}),(${c},${d})`),
  four.map((n) => `[${n.join(', ')}]`),
  four.map(([a, b, c, d]) => `<|box_start|>(${a}, ${b}), (${c}, ${d})<|box_end|>`),
  four.map((n) => `{"bbox_2d": [${n.join(',')}], "label": "a"}`),
  four.map(([a, b, c, d]) => `{"x1": ${a}, "y1": ${b}, "x2": ${c}, "y2": ${d}}`),
)
const noise = fc.string({ unit: fc.constantFrom('(', ')', '[', ']', '{', '}', ',', ' ', '1', '23', '.5', '-', 'e9', 'NaN', '%', 'x1', 'to', '"', '\n', '物', '😀', '<|box_start|>', '<|box_end|>', '<|quad_start|>', '<|quad_end|>', '<|im_end|>', '<|'), maxLength: 60 })

describe('any reply', () => {
  it('accounts for every box among prose', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 12 }), (boxes) => {
        const { boxes: kept, refused } = parseReply(boxes.join(' then '), frame())
        expect(kept.length + refused.length).toBe(boxes.length)
      }),
    )
  })
  it('gives boxes inside the image, with area, and words for every refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(written, noise), { maxLength: 8 }), fc.constantFrom('relative-1000', 'resized-pixels', 'relative-1'), (parts, coordinates) => {
        const { boxes, refused } = parseReply(parts.join(''), frame(coordinates))
        for (const { box } of boxes) {
          expect(box.x0).toBeGreaterThanOrEqual(0)
          expect(box.y0).toBeGreaterThanOrEqual(0)
          expect(box.x1).toBeLessThanOrEqual(2000 + 1e-9)
          expect(box.y1).toBeLessThanOrEqual(500 + 1e-9)
          expect(box.x1 > box.x0 && box.y1 > box.y0).toBe(true)
        }
        for (const { reason } of refused) expect(reason).not.toBe('')
      }),
    )
  })
  it('lets no bracket of two or more numbers go unmentioned', () => {
    fc.assert(
      fc.property(noise, (text) => {
        const { boxes, refused } = parseReply(text, frame())
        if (/[([]\d+(,\d+)+[)\]]/.test(text)) expect(boxes.length + refused.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })
  it('is read in linear time, whatever it is', () => {
    for (const piece of ['(', '[1,', '<|box_start|>', '<|', '(1,2),', '<|box_start|>(1,2)', '1'])
      expect(() => parseReply(piece.repeat(20_000), frame())).not.toThrow()
  })
})
