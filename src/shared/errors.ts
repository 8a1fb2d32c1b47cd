/** Every error a person may see: a stable code, a message that says what to do, and details for logs. */

export const ERROR_CODES = [
  'cancelled',
  'invalid-argument',
  'not-found',
  'unreadable-image',
  'unsupported-image',
  'image-too-large',
  'project-newer',
  'project-corrupt',
  'project-busy',
  'disk-full',
  'read-only',
  'stale-revision',
  'model-missing',
  'model-invalid',
  'download-failed',
  'engine-crashed',
  'device-unavailable',
  'export-failed',
  'export-incomplete',
  'export-exists',
  'invalid-dataset',
  'ambiguous-dataset',
  'internal',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

/** What crosses a process border in place of an error; throwing through IPC loses all but the message. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details }
  if (error instanceof Error && error.name === 'AbortError') return { code: 'cancelled', message: 'Cancelled.', details: {} }
  return { code: 'internal', message: messageOf(error), details: {} }
}

/** Of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export function fromWireError(wire: WireError): AppError {
  return new AppError(wire.code, wire.message, wire.details)
}

/** Throws the AppError `cancelled` once the signal has fired. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.')
}
