/**
 * `npm run package:dir`: the tree of the package, without an installer, in dist/. Where Electron's program is not installed
 * a stand-in takes its place (Linux only): the tree is complete but for the program itself, and nothing is downloaded.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, Platform } from 'electron-builder'
import { writeStandInElectron } from './standInElectron.ts'

const { values } = parseArgs({ options: { output: { type: 'string', default: 'dist' } } })
const packageFile = createRequire(import.meta.url).resolve('electron/package.json')
const { version } = createRequire(import.meta.url)(packageFile) as { version: string }
const installed = join(dirname(packageFile), 'dist')
const standIn = existsSync(installed) ? null : mkdtempSync(join(tmpdir(), 'marquee-electron-'))

if (standIn !== null && process.platform !== 'linux') throw new Error("Electron's program is not installed: run `npx install-electron` first.")
try {
  if (standIn !== null) {
    console.log(`Electron ${version} is not installed; a stand-in takes its place.`)
    writeStandInElectron(standIn, version)
  }
  await build({
    targets: Platform.current().createTarget('dir'),
    config: { extends: './electron-builder.yml', directories: { output: values.output }, electronDist: standIn ?? installed },
    publish: 'never',
  })
} finally {
  if (standIn !== null) rmSync(standIn, { recursive: true })
}
