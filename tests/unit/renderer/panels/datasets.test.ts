import { afterEach, describe, expect, it } from 'vitest'
import type { Editor } from '../../../../src/renderer/editor/index.ts'
import { FIRST_DRAFT, fileNameOf, wishOf, type ExportDraft } from '../../../../src/renderer/panels/datasets/useExport.ts'
import { takeDropped } from '../../../../src/renderer/panels/open/dropping.ts'
import { windowState } from '../../../../src/renderer/panels/windowState.ts'
import type { WritableFormatRow } from '../../../../src/shared/appContract.ts'

const format = (id: string, output: WritableFormatRow['output']): WritableFormatRow => ({ id, name: id, output, options: [] })
const [coco, csv, cvat, voc] = [format('coco', 'either'), format('csv', 'file'), format('cvat', 'either'), format('voc', 'folder')]
const draft = (more: Partial<ExportDraft>): ExportDraft => ({ ...FIRST_DRAFT, folder: '/out', ...more })

describe('the name of an export', () => {
  it('has the ending of its format, and that of a folder none', () => {
    expect([coco, csv, cvat, voc].map((one) => fileNameOf(one!, draft({})))).toEqual(['annotations.json', 'annotations.csv', 'annotations.xml', 'voc'])
    expect(['out', ' out.json ', 'out.JSON', 'out.v2'].map((name) => fileNameOf(coco!, draft({ name })))).toEqual(['out.json', 'out.json', 'out.JSON', 'out.v2.json'])
    expect(fileNameOf(voc!, draft({ name: ' set.v2 ' }))).toBe('set.v2')
    // A format that writes both takes a name with an ending for a file's.
    expect(fileNameOf(coco!, draft({ name: 'set.v2', asFolder: true }))).toBe('set_v2')
  })
})

describe('the wish for an export', () => {
  it('is none without a folder, a name, or a split with shares', () => {
    expect(wishOf(voc!, { ...FIRST_DRAFT }, [])).toBeNull()
    expect(wishOf(voc!, draft({ name: ' ' }), [])).toBeNull()
    expect(wishOf(voc!, draft({ split: { shares: [0, 0, 0], groupBy: 'image', seed: 0 } }), [])).toBeNull()
  })

  it('names labels only where some stay out, and the third part only where something goes there', () => {
    const wish = wishOf(voc!, draft({ without: new Set(['tree']), split: { shares: [90, 10, 0], groupBy: 'folder', seed: 3 } }), ['car', 'tree'])
    expect(wish).toMatchObject({ path: '/out/voc', labels: ['car'], states: ['accepted'], split: { shares: [90, 10], groupBy: 'folder', seed: 3 }, allowIncomplete: false })
    expect(wishOf(voc!, draft({ proposals: true }), ['car'])).toMatchObject({ labels: null, states: ['accepted', 'proposed'], split: null })
  })

  it('says nothing of pictures where a single file has none', () => {
    const options = { coco: { images: 'link', ids: 'renumber' } }
    expect(wishOf(coco!, draft({ options }), [])).toMatchObject({ path: '/out/annotations.json', options: { ids: 'renumber' } })
    expect(wishOf(coco!, draft({ options, asFolder: true }), [])).toMatchObject({ path: '/out/coco', options: { images: 'link', ids: 'renumber' } })
  })
})

describe('what is dropped on the window', () => {
  const added: string[][] = []
  const listing: Record<string, { files: string[]; folders: string[] }> = {
    '/pictures': { files: [], folders: ['day1'] },
    '/coco': { files: ['instances.json'], folders: [] },
    '/voc': { files: [], folders: ['Annotations', 'JPEGImages'] },
  }
  const editor = {
    report: () => undefined,
    api: {
      'host.listFolder': ({ path }: { path: string }) => (listing[path] ? Promise.resolve(listing[path]) : Promise.reject(new Error('no folder'))),
      'images.add': ({ paths }: { paths: string[] }) => Promise.resolve({ added: added.push(paths), problems: [] }),
    },
  } as unknown as Editor
  afterEach(() => {
    added.length = 0
    windowState.setState({ dialog: null, dataset: null })
  })

  it.each([['/coco', 'dropped'], ['/voc', 'dropped'], ['/a/set.zip', 'import'], ['/a/set.json', 'import']])('%s leads to the question "%s"', async (path, dialog) => {
    await takeDropped(editor, [path])
    expect(windowState.getState()).toMatchObject({ dialog, dataset: path })
    expect(added).toEqual([])
  })

  it.each([[['/pictures']], [['/a/photo.jpg']], [['/coco', '/voc']]])('%s are added as pictures', async (paths) => {
    await takeDropped(editor, paths)
    expect(added).toEqual([paths])
    expect(windowState.getState().dialog).toBeNull()
  })
})
