/** A headless Chromium: the machine's own where it has one, else the one that comes with the development packages. */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sparticuz from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'
import { makeOnce } from './oneAtATime.ts'

const OWN = ['/usr/bin/chromium', '/usr/bin/google-chrome']
/** Where the package unpacks itself. */
const UNPACKED = join(tmpdir(), 'chromium')

async function programOf(): Promise<string> {
  const own = OWN.find((file) => existsSync(file))
  if (own !== undefined) return own
  await makeOnce(UNPACKED, () => sparticuz.executablePath())
  return UNPACKED
}

export async function openBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none']
  return chromium.launch({ executablePath: await programOf(), args, headless: true })
}
