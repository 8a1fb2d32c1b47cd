/** Entry of a child process that serves the engine contract and dies, waits or answers as the words of a call say. */
import { setTimeout as sleep } from 'node:timers/promises'
import { engineContract, type ProposeResult } from '../../src/core/inference/engineContract.ts'
import { processTransport } from '../../src/core/inference/processTransport.ts'
import { AppError, throwIfAborted } from '../../src/shared/errors.ts'
import { serve } from '../../src/shared/rpc.ts'

let loaded = 'nothing'
let cancelled = 0

function say(text: string): ProposeResult {
  const reply = { words: '', text, ended: 'end-token', promptTokens: 0, replyTokens: 0, refused: [] } as const
  return { objects: [], replies: [{ ...reply, refused: [] }], merged: [], ms: { decode: 0, boxes: 0, encode: 0, masks: 0 } }
}

function die(how: string | undefined): void {
  if (how === 'kill') process.kill(process.pid, 'SIGKILL')
  if (how === 'exit') process.exit(3)
  if (how === 'abort') process.abort()
}

serve(
  engineContract,
  {
    load: (models) => {
      die(models.grounder.id)
      if (models.grounder.id === 'invalid') throw new AppError('model-invalid', 'The model is damaged.')
      loaded = models.grounder.id
      const info = { name: loaded, hash: '', device: 'cpu' }
      return Promise.resolve({ grounder: info, segmenter: info, refusedDevices: [] })
    },
    propose: async ({ words }, { signal, report }) => {
      report({ stage: 'boxes', prompt: 0 })
      const [what = ''] = words
      if (what === 'wait') {
        while (!signal.aborted) await sleep(2)
        cancelled++
        throwIfAborted(signal)
      }
      if (what === 'kill later') {
        await sleep(20)
        die('kill')
      }
      if (what === 'write') console.error('out of some resource')
      die(what === 'write' ? 'exit' : what)
      return say(what === 'pid' ? String(process.pid) : what === 'cancelled' ? String(cancelled) : loaded)
    },
    segment: () => Promise.resolve({ masks: [], ms: { encode: 0, masks: 0 } }),
    prefetch: () => Promise.resolve(null),
  },
  processTransport(process),
)
process.on('disconnect', () => process.exit(0))
