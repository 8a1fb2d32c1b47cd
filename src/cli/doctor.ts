/** `marquee doctor`: is everything here that Marquee needs, and does it work. */
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { devicesToTry } from '../core/inference/devices.ts'
import { createEngineClient } from '../core/inference/engineClient.ts'
import { probe } from '../core/media/decode.ts'
import { GRABCUT } from '../core/models/manifest.ts'
import { openModels } from '../core/models/models.ts'
import { loadModels } from '../core/services/loadModels.ts'
import { SAMPLES_FOLDER } from '../core/services/modelChoice.ts'
import { openProject } from '../core/store/project.ts'
import { AppError, toWireError } from '../shared/errors.ts'
import { EXIT } from './exitCodes.ts'
import type { Terminal } from './terminal.ts'
import { plural } from './text.ts'

interface Check {
  readonly name: string
  /** What was seen, in words; throws with what to do. */
  readonly run: () => Promise<string>
}

const SAMPLE = join(SAMPLES_FOLDER, 'shapes-01.png')

async function checkDatabase(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-doctor-'))
  try {
    const project = await openProject(join(folder, 'check.marquee'), { create: true })
    project.labels.ensure('check')
    const problems = project.check()
    project.close()
    if (problems.length > 0) throw new AppError('project-corrupt', problems.join(' '))
    return 'a project can be made, written and read'
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function checkModelsFolder(): Promise<string> {
  const { folder } = openModels()
  let existing = folder
  while (!isWritable(existing) && dirname(existing) !== existing) existing = dirname(existing)
  if (!isWritable(existing)) throw new AppError('read-only', `${folder} can't be written. Set MARQUEE_MODELS to a folder of yours.`)
  const { bavail, bsize } = await statfs(existing)
  return `${folder}, ${String(Math.floor((bavail * bsize) / 1e9))} GB free`
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Loads a pair and asks it once, on the sample image. */
async function checkEngine(segmenter: string, device: string | null, maxBoxes: number): Promise<string> {
  const engine = createEngineClient()
  try {
    const { info } = await loadModels(engine, openModels(), { grounder: 'demo-qwen2-vl', segmenter, device })
    const { objects, ms } = await engine.propose({
      picture: { file: SAMPLE, frame: 0 },
      words: ['shape'],
      grid: 'off',
      maxBoxes,
      speckPixels: 0,
      mergeIou: 0.7,
    })
    const refused = info.refusedDevices.map(({ device: name, reason }) => `; ${name} refused: ${reason}`)
    const times = `boxes ${ms.boxes.toFixed(0)} ms, encode ${ms.encode.toFixed(0)} ms, masks ${ms.masks.toFixed(0)} ms`
    return `${plural(objects.length, 'object')} on ${info.grounder.device} (${times})${segmenter === GRABCUT ? '' : refused.join('')}`
  } finally {
    await engine.dispose()
  }
}

async function checkProject(file: string): Promise<string> {
  const project = await openProject(file)
  try {
    const problems = project.check()
    if (problems.length > 0) throw new AppError('project-corrupt', `${problems.join(' ')} Open the newest backup beside the file.`)
    const log = project.log.verify()
    if (!log.ok) throw new AppError('project-corrupt', log.problem)
    return `${plural(project.images.count(), 'image')}, ${plural(project.annotations.count(), 'annotation')}, ${plural(log.edits, 'edit')} in an unbroken log`
  } finally {
    project.close()
  }
}

export async function doctor(projectFile: string | undefined, options: { readonly device?: string }, out: Terminal): Promise<number> {
  const device = options.device ?? null
  devicesToTry(device)
  const checks: Check[] = [
    { name: 'Node', run: () => Promise.resolve(`${process.version} on ${process.platform} ${process.arch}`) },
    { name: 'project file', run: checkDatabase },
    { name: 'pictures', run: async () => `${SAMPLE} is ${String((await probe(SAMPLE)).width)} pixels wide` },
    { name: 'models folder', run: checkModelsFolder },
    { name: 'demo pair', run: () => checkEngine('demo-sam2', device, 20) },
    { name: 'GrabCut', run: () => checkEngine(GRABCUT, device, 1) },
    ...(projectFile === undefined ? [] : [{ name: projectFile, run: () => checkProject(projectFile) }]),
  ]
  const results = []
  for (const { name, run } of checks) {
    const result = await run().then(
      (found) => ({ name, ok: true, found }),
      (error: unknown) => ({ name, ok: false, found: toWireError(error).message }),
    )
    results.push(result)
    out.line(`${result.ok ? 'ok   ' : 'WRONG'}  ${name}: ${result.found}`)
  }
  const ok = results.every((result) => result.ok)
  out.result({ ok, checks: results })
  return ok ? EXIT.ok : EXIT.partial
}
