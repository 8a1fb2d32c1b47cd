/** Either end of a Node child process as a Transport of the rpc. */
import type { Transport } from '../../shared/rpc.ts'

/** What `process` (in the child) and a ChildProcess (in its parent) have in common. */
export interface Messaging {
  send?: ((message: object, callback: (error: Error | null) => void) => boolean) | undefined
  readonly connected?: boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'disconnect', listener: () => void): unknown
  off(event: 'message', listener: (message: unknown) => void): unknown
}

export function processTransport(end: Messaging): Transport {
  return {
    send(message) {
      if (end.connected !== true || end.send === undefined) throw new Error('The other process is gone.')
      // A failure to deliver means that the channel is closing, which is reported by itself.
      end.send(message, () => undefined)
    },
    onMessage(listener) {
      end.on('message', listener)
      return () => end.off('message', listener)
    },
    onClose(listener) {
      end.on('disconnect', listener)
    },
  }
}
