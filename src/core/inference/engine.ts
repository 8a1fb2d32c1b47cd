/** What the engine process does when asked: models loaded once, pictures kept for a while, one run at a time. */
import { AppError, throwIfAborted } from '../../shared/errors.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import type { engineContract, EngineInfo, EngineModels } from './engineContract.ts'
import { OpenPicture, RecentPictures, type Decode } from './openPicture.ts'
import { propose, segment } from './pipeline.ts'
import { RunQueue } from './runQueue.ts'
import type { Grounder, Segmenter } from './seams.ts'

/** Devices tried before the bound one; absent where a model has no choice of device. */
interface Refused {
  readonly refused?: readonly { readonly device: string; readonly reason: string }[]
}

export interface EngineParts {
  openGrounder(model: EngineModels['grounder'], devices: readonly string[]): Promise<Grounder & Refused>
  openSegmenter(model: EngineModels['segmenter'], devices: readonly string[]): Promise<Segmenter & Refused>
  readonly decode: Decode
}

interface Loaded {
  readonly asked: EngineModels
  readonly grounder: Grounder & Refused
  readonly segmenter: Segmenter & Refused
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export function createEngine(parts: EngineParts): HandlersOf<typeof engineContract> {
  const queue = new RunQueue()
  let loaded: Loaded | null = null
  const pictures = new RecentPictures((ref) => {
    if (loaded === null) throw new AppError('model-missing', 'No models are loaded. Load them before asking for boxes or masks.')
    return new OpenPicture(ref, loaded, parts.decode)
  })

  /** What stays the same is kept open; the rest is released first, as two large models may not fit together. */
  const load = async (models: EngineModels): Promise<EngineInfo> => {
    const before = loaded
    loaded = null
    pictures.clear()
    const onSameDevices = before !== null && same(before.asked.devices, models.devices)
    const keepGrounder = onSameDevices && same(before.asked.grounder, models.grounder)
    const keepSegmenter = onSameDevices && same(before.asked.segmenter, models.segmenter)
    if (!keepGrounder) await before?.grounder.release()
    if (!keepSegmenter) await before?.segmenter.release()
    let grounder = keepGrounder ? before.grounder : null
    let segmenter = keepSegmenter ? before.segmenter : null
    try {
      grounder ??= await parts.openGrounder(models.grounder, models.devices)
      segmenter ??= await parts.openSegmenter(models.segmenter, models.devices)
    } catch (error) {
      await grounder?.release()
      await segmenter?.release()
      throw error
    }
    loaded = { asked: models, grounder, segmenter }
    return describe(loaded)
  }

  const prefetch = async (ref: Parameters<typeof pictures.get>[0], signal: AbortSignal): Promise<null> => {
    const picture = await pictures.get(ref)
    await picture.segmentation(false, signal)
    throwIfAborted(signal)
    await picture.grounding(false, signal)
    return null
  }

  return {
    load: (models, { signal }) => queue.add({ urgency: 'normal', signal }, () => load(models)),
    propose: (args, { signal, report }) =>
      queue.add({ urgency: 'normal', signal }, async (signal) => propose(await pictures.get(args.picture), args, { signal, report })),
    segment: (args, { signal }) =>
      queue.add({ urgency: 'now', signal, replaces: 'segment' }, async (signal) => segment(await pictures.get(args.picture), args, signal)),
    prefetch: (ref, { signal }) =>
      queue.add({ urgency: 'idle', signal, replaces: 'prefetch' }, (signal) => prefetch(ref, signal)).catch((error: unknown) => {
        // Given up for something more urgent: not a failure.
        if (error instanceof AppError && error.code === 'cancelled') return null
        throw error
      }),
  }
}

function describe({ grounder, segmenter }: Loaded): EngineInfo {
  const info = ({ name, hash, device }: Grounder | Segmenter) => ({ name, hash, device })
  const refused = [...(grounder.refused ?? []), ...(segmenter.refused ?? [])]
  const first = refused.filter(({ device }, i) => refused.findIndex((other) => other.device === device) === i)
  return { grounder: info(grounder), segmenter: info(segmenter), refusedDevices: first.map(({ device, reason }) => ({ device, reason })) }
}
