import { describe, expect, it } from 'vitest'
import { IDLE_RUN } from '../../../../src/renderer/editor/state.ts'
import { joinPath, projectPathOf, shortPath } from '../../../../src/renderer/panels/paths.ts'
import { outcomeOf } from '../../../../src/renderer/panels/prompt/outcome.ts'
import { parsePrompts, promptFor, wordsByLabel } from '../../../../src/renderer/panels/prompt/prompts.ts'
import { readSettings, rememberPrompt } from '../../../../src/renderer/panels/settings.ts'
import { PAGE_SIZE, pagesOf, rowAt } from '../../../../src/renderer/panels/side/pagedRows.ts'
import { sortObjects } from '../../../../src/renderer/panels/side/sortObjects.ts'
import type { Annotation } from '../../../../src/shared/model.ts'
import type { LabelRow } from '../../../../src/shared/appContract.ts'

describe('the prompt bar', () => {
  it('reads several prompts with and without labels', () => {
    expect(parsePrompts('car, person = pedestrian,')).toEqual([
      { words: 'car', label: 'car' },
      { words: 'person', label: 'pedestrian' },
    ])
    expect(parsePrompts('车，行人＝人')).toEqual([
      { words: '车', label: '车' },
      { words: '行人', label: '人' },
    ])
    expect(parsePrompts(' , =x , a= ')).toEqual([{ words: 'a', label: 'a' }])
  })

  it('keeps the history newest first, each prompt once', () => {
    expect(rememberPrompt(['b', 'a'], ' a ')).toEqual(['a', 'b'])
    expect(rememberPrompt(['a'], '  ')).toEqual(['a'])
    expect(rememberPrompt(Array.from({ length: 60 }, (_, i) => String(i)), 'new')).toHaveLength(50)
  })

  it('asks for a label by the words that found it, else by its name', () => {
    expect(promptFor('pedestrian', 'walking person')).toBe('walking person = pedestrian')
    expect(promptFor('pedestrian', 'person, man')).toBe('person = pedestrian, man = pedestrian')
    expect(promptFor('car', 'car')).toBe('car')
    expect(promptFor('tree')).toBe('tree')
    expect(promptFor('tree', ' , ')).toBe('tree')
  })

  it('keeps the words of each label that found something, several of one label together', () => {
    const answers = [
      { words: 'person', label: 'pedestrian', found: 2 },
      { words: 'lorry', label: 'lorry', found: 0 },
      { words: 'man', label: 'pedestrian', found: 1 },
    ]
    expect([...wordsByLabel(answers)]).toEqual([['pedestrian', 'person, man']])
  })

  it('tells nothing found from a failure', () => {
    const answer = (words: string, found: number, known = 0) => ({ words, label: words, reply: '', found, known, notes: [] })
    expect(outcomeOf(IDLE_RUN)).toEqual({ is: 'none' })
    expect(outcomeOf({ ...IDLE_RUN, error: 'no model' })).toEqual({ is: 'failed', message: 'no model' })
    expect(outcomeOf({ ...IDLE_RUN, busy: true, stage: 'masks', error: 'old' })).toEqual({ is: 'busy', stage: 'masks', boxes: 0 })
    expect(outcomeOf({ ...IDLE_RUN, answers: [answer('car', 0), answer('dog', 2, 1)], seconds: 1 })).toEqual({
      is: 'answered',
      found: 2,
      known: 1,
      missing: ['car'],
      seconds: 1,
    })
  })
})

describe('settings', () => {
  it('replace only what does not fit', () => {
    const read = readSettings({ 'window.theme': 'light', 'window.minScore': 7, 'window.keys': { 'image.next': ['x'] }, other: 1 })
    expect(read).toMatchObject({ theme: 'light', minScore: 0, keys: { 'image.next': ['x'] } })
    expect(read).not.toHaveProperty('other')
  })
})

describe('lists', () => {
  it('ask for the pages that rows in sight lie on', () => {
    expect(pagesOf(0, 20)).toEqual([0])
    expect(pagesOf(PAGE_SIZE - 1, PAGE_SIZE)).toEqual([0, 1])
    expect(pagesOf(-5, -1)).toEqual([0])
  })

  it('know a row only once its page is there', () => {
    const list = { total: 300, pages: new Map([[1, ['a', 'b']]]) }
    expect(rowAt(list, PAGE_SIZE + 1)).toBe('b')
    expect(rowAt(list, 0)).toBeUndefined()
  })

  it('sort objects by place, score or label', () => {
    const labels = [{ id: 1, name: 'zebra' }, { id: 2, name: 'ant' }] as unknown as LabelRow[]
    const make = (name: string, labelId: number, score: number | null, x0: number, y0: number) =>
      ({ id: name, labelId, score, box: { x0, y0, x1: x0 + 1, y1: y0 + 1 } }) as unknown as Annotation
    const objects = [make('low', 1, 0.9, 0, 50), make('right', 2, null, 40, 10), make('left', 1, 0.2, 5, 10)]
    const order = (sort: 'place' | 'score' | 'label') => sortObjects(objects, sort, labels).map(({ id }) => id)
    expect(order('place')).toEqual(['left', 'right', 'low'])
    expect(order('score')).toEqual(['left', 'low', 'right'])
    expect(order('label')).toEqual(['right', 'left', 'low'])
  })
})

describe('paths', () => {
  it('keep the separator of the machine the host runs on', () => {
    expect(joinPath('/home/a', 'b')).toBe('/home/a/b')
    expect(joinPath('/', 'b')).toBe('/b')
    expect(joinPath('C:\\data', 'b')).toBe('C:\\data\\b')
  })

  it('too long to be read are shown from their end on, from one folder to the next', () => {
    expect(shortPath('/home/ann/scans')).toBe('/home/ann/scans')
    expect(shortPath('/home/ann/very/long/way/to/scans', 16)).toBe('…/way/to/scans')
    expect(shortPath('C:\\Users\\Ann\\scans', 12)).toBe('…\\Ann\\scans')
    expect(shortPath('a'.repeat(20), 10)).toBe(`…${'a'.repeat(9)}`)
  })

  it('put a project into its folder under the folder’s name', () => {
    expect(projectPathOf('/data/cars/')).toBe('/data/cars/cars.marquee')
    expect(projectPathOf('C:\\scans')).toBe('C:\\scans\\scans.marquee')
  })
})
