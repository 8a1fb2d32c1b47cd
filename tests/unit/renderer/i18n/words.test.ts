import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { actions } from '../../../../src/renderer/editor/actions/index.ts'
import { en } from '../../../../src/renderer/i18n/en.ts'
import { zhCN } from '../../../../src/renderer/i18n/zh-CN.ts'
import { commands } from '../../../../src/renderer/panels/commands.ts'

const PLURALS = ['_one', '_other'] as const
const known = new Set(Object.keys(en))
const isKnown = (key: string) => known.has(key) || PLURALS.every((plural) => known.has(key + plural))

/** Keys written out in t('…'), and t(`…${}…`) as patterns. */
function usedIn(path: string): { keys: string[]; patterns: RegExp[] } {
  const text = readFileSync(path, 'utf8')
  const literals = [...text.matchAll(/\bt\(([^`\n]*?'[^\n]*?)[,)]/g)].flatMap(([, inside]) => [...inside!.matchAll(/'([\w.]+)'/g)].map(([, key]) => key!))
  const templates = [...text.matchAll(/\bt\(`([^`]+)`/g)].map(([, template]) => {
    const parts = template!.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'))
    return new RegExp(`^${parts.join('[\\w.-]+')}(_one|_other)?$`)
  })
  return { keys: literals, patterns: templates }
}

const sources = globSync('src/renderer/**/*.{ts,tsx}').map((path) => ({ path, ...usedIn(path) }))

describe('the words of the window', () => {
  it('are the same in English and Chinese, none empty', () => {
    expect(Object.keys(zhCN).toSorted()).toEqual(Object.keys(en).toSorted())
    expect([...Object.entries(en), ...Object.entries(zhCN)].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('name the same values in both languages', () => {
    const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted()
    const different = Object.entries(en).filter(([key, text]) => `${values(text)}` !== `${values(zhCN[key as keyof typeof en])}`)
    expect(different).toEqual([])
  })

  it('come in one and many where they count', () => {
    const alone = [...known].filter((key) => key.endsWith('_one') && !known.has(key.replace(/_one$/, '_other')))
    expect(alone).toEqual([])
  })

  it('have every key that code uses', () => {
    const missing = sources.flatMap(({ path, keys, patterns }) => [
      ...keys.filter((key) => !isKnown(key)).map((key) => `${path}: ${key}`),
      ...patterns.filter((pattern) => ![...known].some((key) => pattern.test(key))).map((pattern) => `${path}: ${pattern.source}`),
    ])
    expect(sources.reduce((sum, { keys }) => sum + keys.length, 0)).toBeGreaterThan(60)
    expect(missing).toEqual([])
  })

  it('name every command and its group', () => {
    expect(commands.length).toBeGreaterThan(actions.length)
    expect(commands.filter(({ titleKey, group }) => !known.has(titleKey) || !known.has(`group.${group}`)).map(({ id }) => id)).toEqual([])
  })

  it('hold nothing that is never shown', () => {
    const shown = new Set(commands.flatMap(({ titleKey, group }) => [titleKey, `group.${group}`]))
    const isUsed = (key: string) => {
      const bare = key.replace(/_(one|other)$/, '')
      return shown.has(key) || sources.some(({ path, keys, patterns }) =>
        keys.includes(bare) || patterns.some((pattern) => pattern.test(key)) || readFileSync(path, 'utf8').includes(`'${bare}'`))
    }
    expect([...known].filter((key) => !isUsed(key) && !key.includes('i18n/'))).toEqual([])
  })
})
