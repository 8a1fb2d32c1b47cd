/**
 * Starts the packaged program of this system in dist/ and waits for a thumbnail of the samples: by then its page, the gate,
 * the store, the decoders and `media://` have all worked. Its fuses are compared with the wanted ones first.
 */
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fusesOf, FUSES_WANTED } from './fuses.ts'

const PATIENCE_MS = 60_000
/** The program, and on macOS the part of it that holds the fuses. */
const PLACES: Readonly<Record<string, readonly [program: string, fuses: string]>> = {
  linux: ['dist/linux-unpacked/marquee', 'dist/linux-unpacked/marquee'],
  win32: ['dist/win-unpacked/Marquee.exe', 'dist/win-unpacked/Marquee.exe'],
  darwin: ['dist/mac*/Marquee.app/Contents/MacOS/Marquee', 'dist/mac*/Marquee.app/Contents/Frameworks/Electron Framework.framework/Electron Framework'],
}

const [program, fused] = PLACES[process.platform]!.map((pattern) => globSync(pattern)[0])
if (program === undefined || fused === undefined) throw new Error('There is no packaged program in dist/. Run `npm run build` and `npm run package` first.')
const fuses = fusesOf(readFileSync(fused))
if (fuses !== FUSES_WANTED) throw new Error(`The fuses are ${fuses} and should be ${FUSES_WANTED}.`)

const data = mkdtempSync(join(tmpdir(), 'marquee-smoke-'))
const child = spawn(program, [], { stdio: 'inherit', env: { ...process.env, MARQUEE_DATA: data } })
const ended = new Promise<number | null>((resolve) => {
  child.on('exit', resolve)
})
const end = Date.now() + PATIENCE_MS
while (globSync(join(data, 'thumbnails', '**', '*.jpg')).length === 0) {
  if (child.exitCode !== null) throw new Error(`The program ended with code ${String(child.exitCode)}.`)
  if (Date.now() > end) throw new Error(`The program showed no picture within ${String(PATIENCE_MS / 1000)} s.`)
  await sleep(500)
}
child.kill()
await ended
console.log('The packaged program starts and shows pictures.')
