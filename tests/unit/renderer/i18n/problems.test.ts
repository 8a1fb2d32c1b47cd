import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
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
