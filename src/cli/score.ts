/** `marquee score`: results against truth, both COCO. */
import { readFile } from 'node:fs/promises'
import { scoreCoco, type Measures } from '../core/score/index.ts'
import { AppError } from '../shared/errors.ts'
import { EXIT } from './exitCodes.ts'
import type { Terminal } from './terminal.ts'
import { plural, table } from './text.ts'

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new AppError('not-found', `There is no file "${path}". Check the path.`)
    if (error.code === 'EISDIR') throw new AppError('invalid-argument', `"${path}" is a folder. Name the COCO JSON file in it.`)
    throw new AppError('not-found', `"${path}" can't be read: ${error.message}`)
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new AppError('invalid-argument', `"${path}" is not JSON: ${reason}`)
  }
}

/** `lesion=dark lesion,bright lesion` -> { lesion: ['dark lesion', 'bright lesion'] } */
function parseMap(texts: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(
    texts.map((text) => {
      const [label, truths] = text.split('=', 2)
      if (!label || !truths) throw new AppError('invalid-argument', `--map "${text}": write it as "lesion=dark lesion,bright lesion".`)
      return [label.trim(), truths.split(',').map((name) => name.trim())]
    }),
  )
}

const number = (value: number | null | undefined) => (value === null || value === undefined ? '–' : value.toFixed(3))

function row(name: string, m: Measures): (string | number)[] {
  const { truths, found, f1, iou, giou, ciou, maskIou, bbox, segm } = m
  return [name, truths, found, ...[f1, iou, giou, ciou, maskIou, bbox?.ap, bbox?.ap50, segm?.ap, segm?.ap50].map(number)]
}

export async function score(results: string, truth: string, options: { readonly map: readonly string[] }, out: Terminal): Promise<number> {
  const found = scoreCoco(await readJson(results), await readJson(truth), { labelMap: parseMap(options.map) })
  out.result(found)
  const head = ['label', 'true', 'found', 'F1@.5', 'IoU', 'GIoU', 'CIoU', 'mask IoU', 'box AP', 'AP50', 'mask AP', 'AP50']
  out.line(table(head, [...found.labels.map((label) => row(label.label, label)), ...(found.labels.length > 1 ? [row('all', found.overall)] : [])]))
  out.line()
  out.line(`${plural(found.images, 'image')}. IoU, GIoU, CIoU and mask IoU are means over true objects, a missed one counts 0.`)
  for (const note of found.notes) out.line(note)
  return EXIT.ok
}
