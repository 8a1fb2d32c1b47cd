/** A host that starts the engine entry given as its argument, tells its parent the engine's process id, and waits. */
import { createEngineClient, forkEngine } from '../../src/core/inference/engineClient.ts'

const client = createEngineClient({ launch: () => forkEngine(process.argv[2]) })
const args = { picture: { file: 'a', frame: 0 }, words: ['pid'], grid: 'off', maxBoxes: 1, speckPixels: 0, mergeIou: 1 } as const
const { replies } = await client.propose({ ...args, words: [...args.words] })
process.send?.(Number(replies[0]?.text))
