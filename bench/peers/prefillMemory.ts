/**
 * One prompt of about 1,000 tokens, in a process of its own. Prints by how many bytes the process grew over its loaded
 * model, at its peak. usage: node prefillMemory.ts ours|theirs FOLDER
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { openQwen2Vl } from '../../src/core/inference/qwen2vl/index.ts'
import { openPeer } from '../../tests/golden/qwen2vl/peer.ts'

const [side, folder] = process.argv.slice(2) as ['ours' | 'theirs', string]
const image = { width: 56, height: 56, data: new Uint8Array(56 * 56 * 3).fill(90) }
const words = 'cat '.repeat(970)
const prompt = { user: 'Find <|object_ref_start|>{words}<|object_ref_end|>' }

/** Highest resident bytes since the last reset; Linux forgets on request, elsewhere it is that of the whole process. */
function peak(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024
}

async function load(): Promise<() => Promise<unknown>> {
  if (side === 'theirs') {
    const peer = await openPeer(folder, { prompt })
    return () => peer.ask(image, words, 2)
  }
  const grounder = await openQwen2Vl(folder, { id: 'large', coordinates: 'relative-1000', prompt }, ['cpu'])
  return async () => {
    const session = await grounder.open(image)
    await session.ground(words, { maxBoxes: 1 })
  }
}

const ask = await load()
if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
const before = process.memoryUsage.rss()
await ask()
console.log(peak() - before)
