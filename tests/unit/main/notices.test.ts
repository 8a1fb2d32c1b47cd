/** Whatever of others is built into the program comes with its licence. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig, type Rollup } from 'vite'
import { expect, it } from 'vitest'
import { noticesOf } from '../../../build/notices.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Names of the packages whose code is in the built files. */
async function packagesIn(config: string): Promise<string[]> {
  const inline: InlineConfig = { configFile: join(ROOT, 'build', config), logLevel: 'error', build: { write: false, minify: false } }
  const outputs = await build(inline)
  const files = ((Array.isArray(outputs) ? outputs : [outputs]) as Rollup.RollupOutput[]).flatMap(({ output }) => output)
  const modules = files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
  return [...new Set(modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []))]
}

it.each([['renderer.vite.ts', 'react-dom'], ['cli.vite.ts', 'commander']])('names every package in the build of %s', { timeout: 120_000 }, async (config, one) => {
  const packages = await packagesIn(config)
  expect(packages).toContain(one)
  const named = noticesOf(ROOT).split(/^-{80}$/m).map((notice) => /^(\S+) \d/.exec(notice.trim())?.[1])
  expect(packages.filter((name) => !named.includes(name))).toEqual([])
})

it('has the words of each, for the fonts and natives too, in the same order every time, and nothing that is for development only', () => {
  const text = noticesOf(ROOT)
  expect(noticesOf(ROOT)).toBe(text)
  for (const words of ['Copyright (c) Meta Platforms', 'SIL OPEN FONT LICENSE', 'Konva', '\nbetter-sqlite3 ', '\nsharp ']) expect(text).toContain(words)
  expect(text).not.toMatch(/^(vitest|electron-builder|typescript) \d/m)
})

it('passes over what is for another system, and names what says nothing itself', () => {
  const root = mkdtempSync(join(tmpdir(), 'marquee-notices-'))
  const packages = { '': {}, 'node_modules/b': {}, 'node_modules/a': {}, 'node_modules/tool': { dev: true }, 'node_modules/wanted': { devOptional: true }, 'node_modules/elsewhere': { optional: true } }
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }))
  for (const [name, license] of [['a', 'ISC'], ['b', 'MIT'], ['tool', 'MIT'], ['wanted', 'MIT']] as const) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true })
    writeFileSync(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0', license, repository: { url: 'git+https://example.org/x.git' } }))
  }
  writeFileSync(join(root, 'node_modules/b/LICENSE.md'), 'Copyright b\r\n')
  const rule = `\n\n${'-'.repeat(80)}\n\n`
  const wanted = ['a 1.0.0\nLicence: ISC\nhttps://example.org/x', 'b 1.0.0\nLicence: MIT\nhttps://example.org/x\n\nCopyright b\n']
  expect(noticesOf(root)).toBe(['Marquee contains the following software of others.', ...wanted].join(rule))
  rmSync(root, { recursive: true })
})
