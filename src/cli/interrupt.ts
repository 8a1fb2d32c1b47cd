/** Ctrl+C once stops after what is under way is kept; twice ends at once. */

export function interruptSignal(onFirst: () => void): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController()
  const listen = () => {
    if (controller.signal.aborted) process.exit(130)
    onFirst()
    controller.abort()
  }
  process.on('SIGINT', listen)
  process.on('SIGTERM', listen)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', listen)
      process.off('SIGTERM', listen)
    },
  }
}
