/**
 * Qwen2-VL against transformers.js with the same files, in one run: further prompts on one image, the first prompt, and the
 * memory of a 1,000-token prefill at a 151,936-word vocabulary. Absolute figures are of this machine, ratios are the point.
 * Run: npm run bench -- qwen2vl
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openQwen2Vl } from '../src/core/inference/qwen2vl/index.ts'
import type { Grounding } from '../src/core/inference/seams.ts'
import { entryOf, modelFolder } from '../tests/golden/qwen2vl/load.ts'
import { openPeer } from '../tests/golden/qwen2vl/peer.ts'
import { shapes } from '../tests/unit/inference/qwen2vl/picture.ts'
import { ms, type Row } from './row.ts'

const QUESTIONS = ['red circle', 'blue square', 'circles', 'green star', 'the yellow ring', 'dark lesion']
const ROUNDS = 5
const LARGE = join(import.meta.dirname, '../.cache/bench/large-vocabulary')

interface Times {
  first: number
  further: number
}

/** Shortest of a few rounds each: the first question on a new image, and the mean of the further ones on it. */
async function shortest(round: () => Promise<number[]>): Promise<Times> {
  const best = { first: Infinity, further: Infinity }
  for (let i = 0; i < ROUNDS; i++) {
    const [first, ...further] = await round()
    best.first = Math.min(best.first, first!)
    best.further = Math.min(best.further, further.reduce((sum, ms) => sum + ms, 0) / further.length)
  }
  return best
}

async function timed<T>(work: () => Promise<T>, times: number[]): Promise<T> {
  const start = performance.now()
  const result = await work()
  times.push(performance.now() - start)
  return result
}

async function speed(): Promise<Row[]> {
  const folder = modelFolder('demo')
  const entry = entryOf('demo')
  // Of a size the model sees without resizing, so that both answer the same.
  const image = shapes(168, 168)
  const grounder = await openQwen2Vl(folder, entry, ['cpu'])
  const replies: Grounding[] = []
  const ours = await shortest(async () => {
    const times: number[] = []
    replies.length = 0
    const session = await timed(() => grounder.open(image), times)
    for (const words of QUESTIONS) replies.push(await timed(() => session.ground(words, { maxBoxes: 50 }), times))
    const [open, first, ...further] = times
    return [open! + first!, ...further]
  })
  const peer = await openPeer(folder, entry)
  const theirs = await shortest(async () => {
    const times: number[] = []
    for (const [i, words] of QUESTIONS.entries()) await timed(() => peer.ask(image, words, replies[i]!.replyTokens), times)
    return times
  })
  await grounder.release()
  await peer.release()
  const row = (what: string, mine: number, other: number, aim: number): Row => ({ what, ours: ms(mine), peer: ms(other), ratio: other / mine, aim })
  return [
    row('Qwen2-VL, first prompt on an image', ours.first, theirs.first, 1),
    row('Qwen2-VL, each further prompt on it', ours.further, theirs.further, 5),
  ]
}

/** Bytes by which a process grew beyond its loaded model while it read the prompt. */
function growth(side: 'ours' | 'theirs'): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(import.meta.dirname, 'peers/prefillMemory.ts'), side, LARGE], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return Number(stdout.trim().split('\n').at(-1))
}

function memory(): Row {
  const what = 'Qwen2-VL, memory of 1,000 tokens at 151,936 words'
  if (!existsSync(join(LARGE, 'onnx/decoder_model_merged.onnx'))) {
    const made = spawnSync('python3', [join(import.meta.dirname, 'peers/large_vocabulary.py'), LARGE], { encoding: 'utf8' })
    if (made.status !== 0) return { what, skipped: 'its random model is made with python3, torch and transformers' }
  }
  const mega = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
  const ours = growth('ours')
  const theirs = growth('theirs')
  return { what, ours: mega(ours), peer: mega(theirs), ratio: theirs / ours, aim: 5 }
}

export async function benchQwen2Vl(): Promise<Row[]> {
  return [...(await speed()), memory()]
}
