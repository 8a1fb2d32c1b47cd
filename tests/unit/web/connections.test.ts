import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Connections } from '../../../src/web/connections.ts'

function arrivals() {
  const server = createServer()
  const connections = new Connections(server)
  const arrive = (count: number) =>
    Array.from({ length: count }, () => {
      const socket = new Socket()
      server.emit('connection', socket)
      return socket
    })
  return { connections, arrive }
}

const alive = (sockets: readonly Socket[]) => sockets.filter(({ destroyed }) => !destroyed).length

describe('connections', () => {
  it('of strangers: the oldest makes way for the newest, so that whoever comes is heard', () => {
    const { arrive } = arrivals()
    const first = arrive(128)
    expect(alive(first)).toBe(128)
    const next = arrive(28)
    expect([alive(first.slice(0, 28)), alive(first.slice(28)), alive(next)]).toEqual([0, 100, 28])
  })

  it('that showed the cookie stay, however many strangers come, and all end with the host', () => {
    const { connections, arrive } = arrivals()
    const own = arrive(3)
    for (const socket of own) connections.trust(socket)
    const strangers = arrive(1000)
    expect([alive(own), alive(strangers)]).toEqual([3, 128])
    connections.closeAll()
    expect(alive([...own, ...strangers])).toBe(0)
  })

  it('that ended by themselves count no more', async () => {
    const { arrive } = arrivals()
    const gone = arrive(100)
    await Promise.all(gone.map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())))
    expect(alive(arrive(128))).toBe(128)
  })
})
