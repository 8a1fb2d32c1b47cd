/** The loopback host over real services and one project, to be stopped and started again. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createEngineClient, type EngineClient } from '../../src/core/inference/engineClient.ts'
import type { Models } from '../../src/core/models/models.ts'
import { createAppServices } from '../../src/core/services/appServices.ts'
import { startWebHost, type WebHost } from '../../src/web/server.ts'

type Services = Awaited<ReturnType<typeof createAppServices>>

export class RealHost {
  /** Holds the project, the data folder and whatever else a test puts here. */
  readonly folder: string
  readonly #bundle: string
  #running: { readonly services: Services; readonly host: WebHost } | null = null

  constructor(folder: string, bundle: string) {
    this.folder = folder
    this.#bundle = bundle
  }

  get services(): Services {
    return this.#running!.services
  }

  /** As `npm start` prints it. */
  get url(): URL {
    return new URL(this.#running!.host.url)
  }

  /** On a port, or on any for 0. The project is the same at every start. */
  async start(port: number, engine: EngineClient = createEngineClient(), models?: Models): Promise<void> {
    const dataFolder = join(this.folder, 'data')
    await mkdir(dataFolder, { recursive: true })
    const projectFile = join(this.folder, 'test.marquee')
    const services = await createAppServices({ dataFolder, projectFile, roots: [this.folder], engine, ...(models && { models }) })
    this.#running = { services, host: await startWebHost(services, this.#bundle, port) }
  }

  async stop(): Promise<void> {
    await this.#running?.host.close()
    await this.#running?.services.close()
    this.#running = null
  }
}
