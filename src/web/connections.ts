/** Keeps a flood of connections from locking out the person: those that have not shown the cookie may only be so many. */
import type { Socket } from 'node:net'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

const MAX_STRANGERS = 128

export class Connections {
  /** In the order they came. */
  readonly #strangers = new Set<Duplex>()
  readonly #all = new Set<Socket>()

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#all.add(socket)
      this.#strangers.add(socket)
      socket.once('close', () => {
        this.#all.delete(socket)
        this.#strangers.delete(socket)
      })
      if (this.#strangers.size > MAX_STRANGERS) this.#dropOldest()
    })
  }

  /** This connection showed the cookie: it is never dropped for a newer one. */
  trust(socket: Duplex): void {
    this.#strangers.delete(socket)
  }

  closeAll(): void {
    for (const socket of this.#all) socket.destroy()
  }

  #dropOldest(): void {
    const [oldest] = this.#strangers
    if (oldest === undefined) return
    this.#strangers.delete(oldest)
    oldest.destroy()
  }
}
