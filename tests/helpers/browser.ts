/** A headless Chromium: the machine's own where it has one, else the one that comes with the development packages. */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sparticuz from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'
import { makeOnce } from './oneAtATime.ts'

const OWN = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
].find((file) => existsSync(file))
/** Where the package unpacks itself. */
const UNPACKED = join(tmpdir(), 'chromium')

/** The package holds a program for Linux on x64 only. */
export const hasBrowser = OWN !== undefined || (process.platform === 'linux' && process.arch === 'x64')

export async function openBrowser(): Promise<Browser> {
  if (OWN === undefined) await makeOnce(UNPACKED, () => sparticuz.executablePath())
  const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none']
  return chromium.launch({ executablePath: OWN ?? UNPACKED, args, headless: true })
}
