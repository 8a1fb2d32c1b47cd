/** The search line of the file list: what it means, and that a list of a hundred thousand stays out of memory. */
import { beforeEach, describe, expect, it } from 'vitest'
import { parseSearch } from '../../../src/core/services/appImages.ts'
import type { Connection } from '../../../src/core/store/connection.ts'
import { openConnection } from '../../../src/core/store/open.ts'
import { projectOf, type Project } from '../../../src/core/store/project.ts'
import { EMPTY_CHANGES } from '../../../src/shared/changes.ts'
import type { ImageId } from '../../../src/shared/model.ts'
import { annotation } from '../../helpers/annotations.ts'
import { projectFolder, scanned } from '../../helpers/projects.ts'

const nothing = { words: [], labels: [], score: null, state: null }

describe('what a search says', () => {
  it.each([
    ['', nothing],
    ['  scan  01 ', { ...nothing, words: ['scan', '01'] }],
    ['"two words" x', { ...nothing, words: ['two words', 'x'] }],
    ['label:car', { ...nothing, labels: ['car'] }],
    ['label:"two words" score:<0.5 state:proposed scan', { words: ['scan'], labels: ['two words'], score: { compare: '<', bound: 0.5 }, state: 'proposed' }],
    ['label:car label:dog', { ...nothing, labels: ['car', 'dog'] }],
    ['score:>=.8', { ...nothing, score: { compare: '>=', bound: 0.8 } }],
    ['score:1', { ...nothing, score: { compare: '=', bound: 1 } }],
    ['labels:car', { ...nothing, words: ['labels:car'] }],
    // Still being typed.
    ['label:', nothing],
    ['label: car', { ...nothing, words: ['car'] }],
    ['label:"two wo', { ...nothing, labels: ['two wo'] }],
    ['label:""', nothing],
    ['state:', nothing],
  ])('%j', (search, filter) => {
    expect(parseSearch(search)).toEqual(filter)
  })

  it.each(['score:<', 'score:high', 'score:<0.5.5', 'score:-1', 'state:done', 'state:Proposed'])('%s is refused, saying what to write', (search) => {
    expect(() => parseSearch(search)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.stringMatching(/Write (score|state):/) as string }))
  })
})

const folder = projectFolder()
let project: Project
let connection: Connection
let plans: string[]

beforeEach(async () => {
  connection = folder.closing(await openConnection(folder.file(), { create: true }))
  const prepare = connection.prepare.bind(connection)
  connection.prepare = (sql) => {
    const values = Array<null>(sql.split('?').length - 1).fill(null)
    plans.push(prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values).map(({ detail }) => detail).join('; '))
    return prepare(sql)
  }
  plans = []
  project = projectOf(connection)
})

function images(...paths: string[]): ImageId[] {
  return project.images.upsert(project.sources.add('/photos').id, paths.map((path) => scanned(path))).ids
}

function annotate(imageId: ImageId, n: number, label: string, over: Parameters<typeof annotation>[1] = {}): void {
  const { id: labelId } = project.labels.ensure(label)
  const { revision: baseRevision } = project.annotations.load(imageId)
  const added = [annotation(n, { imageId, labelId, ...over })]
  project.annotations.apply({ imageId, baseRevision, changes: { ...EMPTY_CHANGES, added }, actor: 'test', reason: 'test' })
}

const found = (search: string) => project.search.page(parseSearch(search), 0, 100).rows.map(({ path }) => path)

describe('beside an image', () => {
  it('lies the match so many places on or back, the outermost at most', () => {
    const ids = images('a-0.png', 'b-1.png', 'a-2.png', 'a-3.png', 'b-4.png')
    const beside = (search: string, at: number, by: number) => project.search.beside(parseSearch(search), ids[at]!, by)?.path
    expect([1, 2, 9, -1, -2].map((by) => beside('a-', 1, by))).toEqual(['a-2.png', 'a-3.png', 'a-3.png', 'a-0.png', 'a-0.png'])
    expect([beside('a-', 3, 1), beside('a-', 0, -1), beside('none', 2, 1)]).toEqual([undefined, undefined, undefined])
    expect(beside('', 2, 1)).toBe('a-3.png')
    expect(project.search.beside(parseSearch('b-'), ids[2]!, 1)).toMatchObject({ index: 4 })
  })
})

describe('what it finds', () => {
  it('names with all the words, their signs taken literally, in either Unicode form', () => {
    images('Scan_01.png', 'scan-02.png', '100%/a.png', 'Cafe\u0301.png')
    expect(found('scan')).toEqual(['Scan_01.png', 'scan-02.png'])
    expect(found('scan 02')).toEqual(['scan-02.png'])
    expect(found('n_')).toEqual(['Scan_01.png'])
    expect(found('100%')).toEqual(['100%/a.png'])
    expect(found('%')).toEqual(['100%/a.png'])
    expect(found("'; DROP TABLE images; --")).toEqual([])
    expect(found('Caf\u00e9')).toEqual(['Cafe\u0301.png'])
  })

  it('an annotation that fits label, score and state at once, not three that fit one each', () => {
    const [both, apart, unscored] = images('both.png', 'apart.png', 'unscored.png')
    annotate(both!, 1, 'dark lesion', { score: 0.4, state: 'proposed' })
    annotate(apart!, 2, 'dark lesion', { score: 0.9, state: 'proposed' })
    annotate(apart!, 3, 'other', { score: 0.4, state: 'proposed' })
    annotate(unscored!, 4, 'dark lesion')
    expect(found('label:"dark lesion" score:<0.5 state:proposed')).toEqual(['both.png'])
    expect(found('score:<0.5')).toEqual(['both.png', 'apart.png'])
    expect(found('label:"dark lesion" label:other')).toEqual(['apart.png'])
    expect(found('label:"dark lesion" state:accepted')).toEqual(['unscored.png'])
    expect(found('label:dark')).toEqual([])
  })

  it('tells a bound that is meant from one that is not', () => {
    const [one] = images('one.png')
    annotate(one!, 1, 'car', { score: 0.5 })
    expect([found('score:<0.5'), found('score:>0.5')]).toEqual([[], []])
    for (const search of ['score:<=0.5', 'score:>=0.5', 'score:0.5', 'score:=0.5']) expect(found(search)).toEqual(['one.png'])
  })

  it('images without annotations, and those that can not be read', () => {
    const [one] = images('one.png', 'two.png')
    annotate(one!, 1, 'car')
    project.images.upsert(1, [scanned('bad.png', { status: 'failed', problem: 'cut short' })])
    expect(found('state:empty')).toEqual(['two.png'])
    expect(found('state:failed')).toEqual(['bad.png'])
    expect(found('state:empty label:car')).toEqual([])
  })
})

describe('a list of 100,000', () => {
  it('is paged, searched and counted by indexes, its rows with their place in the whole list', () => {
    const count = 100_000
    images('0.png')
    connection.execute(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(count - 1)})
      INSERT INTO images (source_id, path, path_key, size, mtime, width, height, orientation, depth, frames, status)
      SELECT 1, i || '.png', i || '.png', 1, 1, 8, 8, 1, 8, 1, 'ok' FROM n`)
    for (const n of [7, 50_000, 99_999]) annotate((n + 1) as ImageId, n, 'car', { score: 0.3, state: 'proposed' })
    plans.length = 0
    const last = project.search.page(parseSearch(''), count - 50, 100)
    expect([last.total, last.rows.length, last.rows[0]!.index, last.rows[49]!.path]).toEqual([count, 50, count - 50, '99999.png'])
    const cars = project.search.page(parseSearch('label:car score:<0.5'), 1, 5)
    expect([cars.total, cars.rows.map(({ index, proposed }) => [index, proposed])]).toEqual([3, [[50_000, 1], [99_999, 1]]])
    expect(project.search.row(99_999 as ImageId)).toMatchObject({ index: 99_998, path: '99998.png' })
    expect(plans).toHaveLength(4)
    for (const plan of plans) {
      expect(plan).not.toMatch(/TEMP B-TREE|SCAN (a|annotations|labels)\b/)
      if (plan.includes('annotations')) expect(plan).toMatch(/SEARCH (a|annotations)( EXISTS)? USING/)
    }
  })
})
