/** One WebSocket as a Transport of the rpc. */
import type { WebSocket } from 'ws'
import type { Transport } from '../shared/rpc.ts'

export function socketTransport(socket: WebSocket): Transport {
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
    },
    onMessage: (listener) => {
      const onMessage = (data: Buffer, binary: boolean) => {
        if (binary) {
          socket.close(1003, 'text only')
          return
        }
        let message: unknown
        try {
          message = JSON.parse(data.toString('utf8'))
        } catch {
          socket.close(1007, 'not JSON')
          return
        }
        listener(message)
      }
      socket.on('message', onMessage)
      return () => socket.off('message', onMessage)
    },
    onClose: (listener) => {
      socket.on('close', listener)
      return () => socket.off('close', listener)
    },
  }
}
