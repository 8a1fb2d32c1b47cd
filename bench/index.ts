/** npm run bench [-- part ...]: runs the parts one after another and prints one table of ratios against the peers. */
import { cpus, totalmem } from 'node:os'
import type { Row } from './row.ts'

const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  rle: async () => (await import('./rle.ts')).benchRle(),
  sam2: async () => (await import('./sam2.ts')).benchSam2(),
  qwen2vl: async () => (await import('./qwen2vl.ts')).benchQwen2Vl(),
  coco: async () => (await import('./coco.ts')).benchCoco(),
  window: async () => (await import('./window.ts')).benchWindow(),
}

function line(row: Row): string {
  const what = row.what.padEnd(62)
  if ('skipped' in row) return `${what} skipped: ${row.skipped}`
  const verdict = row.aim === null ? '' : row.ratio >= row.aim ? 'met' : 'MISSED'
  return `${what}${row.ours.padStart(11)}${row.peer.padStart(12)}${row.ratio.toFixed(2).padStart(8)}${String(row.aim ?? '-').padStart(7)}  ${verdict}`
}

function machine(): string {
  const [cpu] = cpus()
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GB, ${process.platform}, Node ${process.versions.node}`
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in PARTS))
  if (unknown !== undefined) {
    console.error(`There is no part "${unknown}" of the bench. Parts: ${Object.keys(PARTS).join(', ')}.`)
    process.exitCode = 2
    return
  }
  const rows: Row[] = []
  for (const name of names.length > 0 ? names : Object.keys(PARTS)) {
    console.error(`running ${name} ...`)
    rows.push(...(await PARTS[name]!()))
  }
  console.log(`${'against the peer'.padEnd(62)}${'ours'.padStart(11)}${'peer'.padStart(12)}${'ratio'.padStart(8)}${'aim'.padStart(7)}`)
  for (const row of rows) console.log(line(row))
  console.log(`\n${machine()}`)
}

await main(process.argv.slice(2))
