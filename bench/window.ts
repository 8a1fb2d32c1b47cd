/**
 * The window in a real Chromium, over the web host, as a person uses it: what they wait for, and what it costs.
 * Run: npm run bench -- window
 */
import { hasBrowser } from '../tests/helpers/browser.ts'
import type { Row } from './row.ts'
import { benchDrag } from './windowDrag.ts'
import { benchMemory } from './windowMemory.ts'
import { Bench } from './windowPage.ts'
import { benchPan } from './windowPan.ts'
import { benchSwitch } from './windowSwitch.ts'

const PARTS = [benchSwitch, benchPan, benchDrag, benchMemory] as const

export async function benchWindow(): Promise<Row[]> {
  if (!hasBrowser) return [{ what: 'Window', skipped: 'needs Chrome or Chromium' }]
  const bench = await Bench.open()
  const rows: Row[] = []
  try {
    for (const [at, part] of PARTS.entries()) {
      console.error(`  part ${String(at + 1)} of ${String(PARTS.length)}`)
      rows.push(...(await part(bench)))
    }
    return rows
  } finally {
    await bench.end()
  }
}
