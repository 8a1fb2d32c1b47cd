/** The engine as its host sees it: started when first needed, restarted after a crash, ended with its host. */
import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { CallOptions, ClientOf } from '../../shared/contract.ts'
import { AppError, throwIfAborted } from '../../shared/errors.ts'
import { createClient, type Transport } from '../../shared/rpc.ts'
import { engineContract, type EngineModels } from './engineContract.ts'
import { processTransport } from './processTransport.ts'

type Calls = ClientOf<typeof engineContract>

export interface EngineEnd {
  /** A signal, an exit code or why it did not start. */
  readonly how: string
  /** The last of what it wrote to stderr, for logs. */
  readonly output: string
}

/** One running engine process, however it was started. */
export interface EngineProcess {
  readonly transport: Transport
  /** Settles when the process has ended. */
  readonly ended: Promise<EngineEnd>
  kill(): void
}
/** The one function that differs between Node and Electron. */
export type LaunchEngine = () => EngineProcess

export interface EngineClientOptions {
  readonly launch?: LaunchEngine
  /** Wait before the first restart, doubled for each further one. */
  readonly backoffMs?: number
}

export interface EngineClient extends Calls {
  /** Ends the process, if there is one; calls in flight and later ones reject with `cancelled`. */
  dispose(): Promise<void>
}

/** Crashes in a row, with no work done between them, after which only a new `load` starts the engine again. */
const MAX_CRASHES = 3
const KEPT_OUTPUT = 2000

/** Beside this file, and of its kind: `.ts` among the sources, `.js` once built. */
const ENTRY = `./engineProcess${extname(import.meta.url)}`

/** Starts the engine as a child process of Node, running `entry`. */
export function forkEngine(entry = fileURLToPath(new URL(ENTRY, import.meta.url))): EngineProcess {
  const child = fork(entry, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], serialization: 'json' })
  let output = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT)
  })
  const ended = new Promise<EngineEnd>((resolve) => {
    child.on('error', (error) => {
      resolve({ how: error.message, output })
    })
    // 'close' comes after the last output.
    child.on('close', (code, signal) => {
      resolve({ how: signal ?? `exit code ${String(code)}`, output })
    })
  })
  return { transport: processTransport(child), ended, kill: () => child.kill('SIGKILL') }
}

interface Running {
  readonly process: EngineProcess
  readonly calls: Calls
}

class Supervisor {
  readonly #launch: LaunchEngine
  readonly #backoffMs: number
  #running: Promise<Running> | null = null
  #current: EngineProcess | null = null
  #models: EngineModels | null = null
  #crashes = 0
  #lastEnd: EngineEnd = { how: '', output: '' }
  #disposed = false

  constructor({ launch = forkEngine, backoffMs = 250 }: EngineClientOptions) {
    this.#launch = launch
    this.#backoffMs = backoffMs
  }

  /** Forwards one call. Work done ends a row of crashes; loading is no work, as it may well be what crashes next. */
  async call(method: keyof Calls, args: unknown, options: CallOptions<never> = {}): Promise<unknown> {
    if (method === 'load') {
      this.#crashes = 0
      this.#models = null
    }
    throwIfAborted(options.signal)
    const { calls, process } = await this.#ensure()
    throwIfAborted(options.signal)
    const send = calls[method] as (args: unknown, options: CallOptions<never>) => Promise<unknown>
    const result = await this.#explained(process, send(args, options), method === 'load' ? 'loaded its models' : 'worked on this image')
    if (method === 'load') this.#models = args as EngineModels
    else this.#crashes = 0
    return result
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    const process = this.#current
    process?.kill()
    await process?.ended
  }

  #ensure(): Promise<Running> {
    if (this.#disposed) return Promise.reject(disposedError())
    if (this.#crashes >= MAX_CRASHES) return Promise.reject(givenUp(this.#lastEnd))
    this.#running ??= this.#start()
    return this.#running
  }

  async #start(): Promise<Running> {
    try {
      await this.#current?.ended
      if (this.#crashes > 0) await sleep(this.#backoffMs * 2 ** (this.#crashes - 1))
      if (this.#disposed) throw disposedError()
      const process = this.#launch()
      this.#watch(process)
      const calls = createClient(engineContract, process.transport, crashed)
      if (this.#models !== null) await this.#explained(process, calls.load(this.#models), 'loaded its models')
      return { process, calls }
    } catch (error) {
      this.#running = null
      throw error
    }
  }

  #watch(process: EngineProcess): void {
    this.#current = process
    process.transport.onClose(() => {
      this.#running = null
    })
    void process.ended.then((end) => {
      this.#lastEnd = end
      this.#crashes++
      this.#current = null
      this.#running = null
    })
  }

  /** Says how the process ended where a call went down with it. */
  async #explained<T>(process: EngineProcess, call: Promise<T>, doing: string): Promise<T> {
    try {
      return await call
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'engine-crashed')) throw error
      const end = await process.ended
      throw this.#disposed ? disposedError() : crashError(end, doing)
    }
  }
}

const crashed = () => new AppError('engine-crashed', 'The engine stopped.')

function disposedError(): AppError {
  return new AppError('cancelled', 'The engine was closed.')
}

function crashError(end: EngineEnd, doing: string): AppError {
  return new AppError('engine-crashed', `The engine stopped while it ${doing} (${end.how}). It starts again when next needed.`, { ...end })
}

function givenUp(end: EngineEnd): AppError {
  const message = `The engine stopped ${String(MAX_CRASHES)} times in a row (${end.how}). Close other programs if memory is short, choose a smaller model, or try --device cpu; then start again.`
  return new AppError('engine-crashed', message, { ...end, givenUp: true })
}

/**
 * The engine's calls, and `dispose`. A crash rejects the calls in flight with engine-crashed, so keep one picture in flight
 * where each failure counts; the next call starts a new process, which loads the same models again. After three crashes in a
 * row all calls reject, with `givenUp` among the details, until `load` is called.
 */
export function createEngineClient(options: EngineClientOptions = {}): EngineClient {
  const supervisor = new Supervisor(options)
  const methods = (Object.keys(engineContract) as (keyof Calls)[]).map((method) => [
    method,
    (args: unknown, options?: CallOptions<never>) => supervisor.call(method, args, options),
  ])
  return { ...(Object.fromEntries(methods) as Calls), dispose: () => supervisor.dispose() }
}
