/** Either end of a Node child process, or the inner end of Electron's utility process, as a Transport of the rpc. */
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

/** What Electron gives a utility process as `process.parentPort`. */
export interface ParentPort {
  postMessage(message: object): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  off(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
}

/** A utility process ends with its parent, so this never closes. */
export function parentPortTransport(port: ParentPort): Transport {
  return {
    send(message) {
      port.postMessage(message)
    },
    onMessage(listener) {
      const receive = ({ data }: { readonly data: unknown }) => {
        listener(data)
      }
      port.on('message', receive)
      return () => port.off('message', receive)
    },
    onClose: () => undefined,
  }
}

/** The host of this process: Electron where it started the process, else the Node process that forked it. */
export function hostTransport(self: Messaging & { readonly parentPort?: ParentPort } = process): Transport {
  return self.parentPort ? parentPortTransport(self.parentPort) : processTransport(self)
}
