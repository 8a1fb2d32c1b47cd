/** The engine in a utility process of Electron, as `createEngineClient` wants it launched. */
import { fileURLToPath } from 'node:url'
import { app, utilityProcess, type Details, type UtilityProcess } from 'electron'
import type { EngineEnd, EngineProcess } from '../core/inference/engineClient.ts'
import type { Transport } from '../shared/rpc.ts'

const SERVICE = 'Marquee engine'
const KEPT_OUTPUT = 2000
/** How long after its end the last output of the process may come, ms. */
const LAST_OUTPUT_MS = 200

/** The built entry lies beside the built main program. */
export function launchEngine(entry = fileURLToPath(new URL('./engineProcess.js', import.meta.url))): EngineProcess {
  const child = utilityProcess.fork(entry, [], { serviceName: SERVICE, stdio: ['ignore', 'ignore', 'pipe'], execArgv: [] })
  return { transport: transportOf(child), ended: endOf(child), kill: () => child.kill() }
}

function transportOf(child: UtilityProcess): Transport {
  let open = true
  child.once('exit', () => {
    open = false
  })
  return {
    send: (message) => {
      if (!open) throw new Error('The engine is gone.')
      child.postMessage(message)
    },
    onMessage: (listener) => {
      child.on('message', listener)
      return () => child.off('message', listener)
    },
    onClose: (listener) => {
      child.once('exit', listener)
    },
  }
}

/** Electron tells the reason (oom, crashed, killed, ...) apart from the exit code, and output apart from both. */
function endOf(child: UtilityProcess): Promise<EngineEnd> {
  let output = ''
  let reason: string | null = null
  const gone = (_event: unknown, details: Details) => {
    if (details.type === 'Utility' && details.name === SERVICE) reason = details.reason
  }
  app.on('child-process-gone', gone)
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT)
  })
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      setTimeout(() => {
        app.off('child-process-gone', gone)
        resolve({ how: reason === null ? `exit code ${String(code)}` : `${reason}, exit code ${String(code)}`, output })
      }, LAST_OUTPUT_MS)
    })
  })
}
