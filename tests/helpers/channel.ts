/** Two ends of one in-memory channel that behaves as processes do: JSON only, delivered later, in order, closable. */
import type { Transport, Wire } from '../../src/shared/rpc.ts'

export interface End extends Transport {
  /** Delivers anything, malformed or not, to this end's listeners. */
  inject(message: unknown): void
  readonly sent: Wire[]
}

export function channel(): { near: End; far: End; close: () => void } {
  let open = true
  const closers = new Set<() => void>()
  const makeEnd = (other: () => End): End => {
    const listeners = new Set<(message: unknown) => void>()
    const sent: Wire[] = []
    return {
      sent,
      send(message) {
        if (!open) throw new Error('channel closed')
        sent.push(message)
        const text = JSON.stringify(message)
        queueMicrotask(() => {
          other().inject(JSON.parse(text))
        })
      },
      inject(message) {
        if (open) for (const listener of [...listeners]) listener(message)
      },
      onMessage(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      onClose: (listener) => closers.add(listener),
    }
  }
  const near: End = makeEnd(() => far)
  const far: End = makeEnd(() => near)
  const close = () => {
    open = false
    for (const closer of closers) closer()
  }
  return { near, far, close }
}
