/** What Electron's preload script put into the page; in a browser there is none. */
import type { AskToOpen, Bridge } from '../shared/bridge.ts'
import type { Transport } from '../shared/rpc.ts'

export const bridge = (globalThis as { readonly bridge?: Bridge<File> }).bridge

/** The Electron host, which is there as long as the window is; undefined in a browser. */
export const openBridge = bridge && (() => Promise.resolve(bridgeTransport(bridge)))

function bridgeTransport({ send, onMessage }: Bridge<File>): Transport {
  return { send, onMessage, onClose: () => undefined }
}

/** Shows a dialog of the system, where there can be one, else does `otherwise`. */
export function askToOpen(what: AskToOpen['what'], otherwise: () => void): void {
  if (bridge) bridge.send({ type: 'open', what } satisfies AskToOpen)
  else otherwise()
}
