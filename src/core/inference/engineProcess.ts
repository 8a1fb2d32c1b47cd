/** Entry of the engine process: answers the engine contract over messages of its host until that goes away. */
import { serve } from '../../shared/rpc.ts'
import { decodeSeen } from '../media/seen.ts'
import { readManifest } from '../models/manifest.ts'
import { grounderEntry } from '../models/models.ts'
import { createEngine } from './engine.ts'
import { engineContract } from './engineContract.ts'
import { hostTransport } from './processTransport.ts'
import { openQwen2Vl } from './qwen2vl/index.ts'
import { openSam2 } from './sam2/index.ts'

const engine = createEngine({
  openGrounder: ({ id, folder }, devices) => openQwen2Vl(folder, grounderEntry(readManifest(), id), devices),
  openSegmenter: async ({ folder }, devices) => {
    if (folder !== null) return openSam2(folder, devices)
    // OpenCV's WebAssembly takes a while to load and is not always needed.
    const { openGrabCut } = await import('./grabcut/index.ts')
    return openGrabCut()
  },
  decode: ({ file, frame, window }, signal) => decodeSeen(file, frame, { signal, window }),
})

serve(engineContract, engine, hostTransport(), (problem) => {
  console.error(problem)
})
process.on('disconnect', () => process.exit(0))
// Ctrl+C in a terminal reaches the whole group of processes; when to end is for the host to say.
process.on('SIGINT', () => undefined)
