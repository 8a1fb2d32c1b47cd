import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Changes } from '../../../../src/core/services/exporting/changes.ts'
import { ANNOTATION_VALUES } from '../../../../src/core/formats/source.ts'
import type { Holds } from '../../../../src/core/formats/source.ts'
import { SENTENCES, sayProblem } from '../../../../src/renderer/i18n/problems.ts'

describe('what went wrong', () => {
  it('is said in the language of the window, with what it was about', () => {
    expect(sayProblem('There is a label "car" already.', 'zh-CN')).toBe('已有名为“car”的标签。')
    expect(sayProblem('There is a label "car" already.', 'en')).toBe('There is a label "car" already.')
    const outside = '/etc lies outside /home/a, /data. Start Marquee with that folder to work there.'
    expect(sayProblem(outside, 'zh-CN')).toBe('/etc 不在 /home/a, /data 之内。如需在那里工作，请用该文件夹启动 Marquee。')
  })

  it('is said in words of the window where the host names a command of the terminal', () => {
    expect(sayProblem('SAM 2.1 is not installed. Install it (155 MB): marquee models install sam2.1-tiny', 'en')).toBe('SAM 2.1 is not installed. Install it (155 MB) under Run, Models.')
  })

  it('is said inside out where one message holds another', () => {
    expect(sayProblem('A change was not saved: There is a label "a" already.', 'zh-CN')).toBe('有一处更改未保存：已有名为“a”的标签。')
  })

  it('says reasons of imports and exports, also those that stand in a list or for many', () => {
    const said = (message: string) => sayProblem(message, 'zh-CN')
    expect(said('the picture "a/b.png" was not found; name the folder it is in')).toBe('没有找到图像“a/b.png”；请指定它所在的文件夹')
    expect(said('is a line and has no area; it is kept for an export as CVAT')).toBe('是线，没有面积；为导出为 CVAT 而保留')
    expect(said('3 masks have another size than the image')).toBe('3 个掩码的尺寸与图像不同')
    expect(said('objects left out: masks have another size than the image')).toBe('略去的对象：掩码的尺寸与图像不同')
    expect(said('2 masks are written without the pixels that lie under objects above them')).toBe('2 个掩码写入时不含位于上层对象之下的像素')
    expect(said('"car": it lies outside the image')).toBe('“car”：它在图像之外')
    const why = 'a.jpg: 2 annotations are on further frames; this format has one picture per file; b.jpg: "x": it lies outside the image; and 4 more'
    expect(said(`Only 3 of 9 objects can be written in this format (${why}). Confirm to export without the others.`)).toBe(
      '此格式只能写入 9 个对象中的 3 个（a.jpg：2 个标注在其他帧上；此格式每个文件只有一张图像；b.jpg：“x”：它在图像之外；另有 4 处）。',
    )
    expect(said('What: this is; nobody knows: it')).toBe('What: this is; nobody knows: it')
  })

  it('says the whole of what an export does not hold', () => {
    const all = ANNOTATION_VALUES.map((value) => [value, 'something'])
    const changes = new Changes()
    changes.addLostValues(Object.fromEntries(all), { values: [] } as unknown as Holds, 'YOLO')
    const unsaid = changes.list().filter(({ words }) => /[a-z]{2,}/.test(sayProblem(words, 'zh-CN').replace(/“\w+”/, '')))
    expect([changes.list().length, unsaid]).toEqual([ANNOTATION_VALUES.length, []])
  })

  it('stays as it is where it is not known', () => {
    expect(sayProblem('Something new.', 'zh-CN')).toBe('Something new.')
  })

  it('is still what the host says: every sentence is in the sources', () => {
    const sources = globSync('src/{core,shared,renderer,web}/**/*.ts', { exclude: ['src/renderer/i18n/**'] })
      .map((path) => readFileSync(path, 'utf8').replaceAll("\\'", "'").replaceAll(/['`] \+\n\s*['`]/g, ''))
      .join('\n')
    const pieces = ({ said }: { said: string }) => said.split(/\{\w+\}|\. /).map((piece) => piece.trim()).filter((piece) => piece.length > 5)
    const gone = SENTENCES.filter((sentence) => pieces(sentence).some((piece) => !sources.includes(piece)))
    expect(gone.map(({ said }) => said)).toEqual([])
  })

  it('names the same things in every language, and nothing that was not said', () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
    const invented = SENTENCES.filter(({ said, en = '', 'zh-CN': zh }) => [...names(en), ...names(zh)].some((name) => !names(said).includes(name)))
    expect(invented).toEqual([])
  })
})
