/** Downloads one file: resumed, retried, and not believed until its size and SHA-256 are right. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, throwIfAborted } from '../../shared/errors.ts'
import { networkError, openUrl, silenceTimer, Transient, type ServerFacts, type SilenceTimer } from './http.ts'

export interface Wanted {
  readonly url: string
  /** Where bytes gather; kept after a failure so that the next try goes on from there. */
  readonly part: string
  readonly size: number | null
  readonly sha256: string | null
}

export interface Patience {
  /** Give up after so many tries without a single new byte. */
  readonly tries: number
  /** Wait before the second try; doubled each time. */
  readonly backoffMs: number
  /** A server that says nothing for so long has gone away. */
  readonly silenceMs: number
}
export const PATIENCE: Patience = { tries: 6, backoffMs: 500, silenceMs: 30_000 }
const LONGEST_WAIT_MS = 60_000

export interface DownloadOptions {
  readonly patience: Patience
  readonly signal?: AbortSignal | undefined
  /** Bytes of this file on disk so far; falls back when a part had to be thrown away. */
  readonly onBytes?: (received: number) => void
}

/** Hex SHA-256 of a file, read in pieces. */
export async function sha256OfFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    throwIfAborted(signal)
    hash.update(chunk as Buffer)
  }
  return hash.digest('hex')
}

/**
 * Asks for size and hash without downloading; both null where the server does not answer such requests.
 * @throws AppError download-failed, cancelled
 */
export async function lookUp(url: string, options: DownloadOptions): Promise<ServerFacts> {
  return persist(url, options, async () => {
    const timer = silenceTimer(options.patience.silenceMs, options.signal)
    try {
      return (await openUrl(url, { method: 'HEAD' }, timer)).facts
    } catch (error) {
      if (error instanceof AppError && /answered (405|501)/.test(error.message)) return { size: null, sha256: null }
      throw error
    } finally {
      timer.stop()
    }
  })
}

/**
 * Brings the file to `wanted.part`, complete and checked.
 * @throws AppError download-failed, disk-full, cancelled; the part stays unless its bytes are wrong
 */
export async function download(wanted: Wanted, options: DownloadOptions): Promise<{ size: number; sha256: string }> {
  await mkdir(dirname(wanted.part), { recursive: true })
  let wrong = 0
  return persist(
    wanted.url,
    options,
    async () => {
      await receive(wanted, options)
      const sha256 = await sha256OfFile(wanted.part, options.signal)
      if (wanted.sha256 === null || sha256 === wanted.sha256) return { size: await sizeOf(wanted.part), sha256 }
      await rm(wanted.part)
      if (++wrong > 1) throw wrongBytes(wanted, sha256)
      throw new Transient('the bytes are not those of the pinned model')
    },
    () => sizeOf(wanted.part),
  )
}

function wrongBytes(wanted: Wanted, sha256: string): AppError {
  const message = `${wanted.url} is not the file it should be: its SHA-256 is ${sha256}, expected ${String(wanted.sha256)}. Nothing was installed. Check HF_ENDPOINT: a mirror may be damaged.`
  return new AppError('download-failed', message, { sha256 })
}

/** Tries again with growing waits, as long as there is hope. New bytes renew it. */
async function persist<T>(url: string, options: DownloadOptions, attempt: () => Promise<T>, measure = () => Promise.resolve(0)): Promise<T> {
  const { tries, backoffMs } = options.patience
  for (let failures = 0; ; ) {
    throwIfAborted(options.signal)
    const before = await measure()
    try {
      return await attempt()
    } catch (error) {
      throwIfAborted(options.signal)
      if (!(error instanceof Transient)) throw error
      failures = (await measure()) > before ? 1 : failures + 1
      if (failures >= tries)
        throw new AppError('download-failed', `Download of ${url} failed ${String(tries)} times: ${error.message}. Check the connection and start again; what has arrived is kept.`)
      const wait = Math.min(error.retryAfterMs ?? backoffMs * 2 ** (failures - 1), LONGEST_WAIT_MS)
      await sleep(wait, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => undefined)
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0
}

/** One request that goes on where the part ends. A part whose result can't be checked is started over. */
async function receive(wanted: Wanted, options: DownloadOptions): Promise<void> {
  let have = await sizeOf(wanted.part)
  if (have > 0 && have === wanted.size && wanted.sha256 !== null) return
  if (wanted.sha256 === null || (wanted.size !== null && have >= wanted.size)) have = 0
  const timer = silenceTimer(options.patience.silenceMs, options.signal)
  try {
    const range = have > 0 ? { range: `bytes=${String(have)}-` } : {}
    const { response } = await openUrl(wanted.url, { method: 'GET', ...range }, timer)
    if (response.status === 416 || !resumesAt(response, have)) {
      await response.body?.cancel()
      await rm(wanted.part, { force: true })
      throw new Transient('the server could not go on where the download stopped')
    }
    await write(response, wanted, response.status === 206 ? have : 0, timer, options)
  } catch (error) {
    const full = (error as { code?: string }).code === 'ENOSPC'
    if (full) throw new AppError('disk-full', 'The disk is full. Free some space and start again; what has arrived is kept.')
    // An abort by the silence timer arrives as its reason.
    throw networkError(timer.signal.aborted ? timer.signal.reason : error, new URL(wanted.url).host)
  } finally {
    timer.stop()
  }
}

/** A whole answer (200) always fits; a partial one must begin where the part ends. */
function resumesAt(response: Response, have: number): boolean {
  if (response.status === 200) return true
  return (response.headers.get('content-range') ?? '').startsWith(`bytes ${String(have)}-`)
}

async function write(response: Response, wanted: Wanted, from: number, timer: SilenceTimer, options: DownloadOptions): Promise<void> {
  const file = await open(wanted.part, from > 0 ? 'r+' : 'w')
  let at = from
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.heard()
      if (wanted.size !== null && at + chunk.length > wanted.size) {
        await file.truncate(0)
        throw new Transient(`the server sends more than the ${String(wanted.size)} bytes expected`)
      }
      await file.write(chunk, 0, chunk.length, at)
      at += chunk.length
      options.onBytes?.(at)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (wanted.size !== null && at < wanted.size) throw new Transient(`the connection ended after ${String(at)} of ${String(wanted.size)} bytes`)
}
