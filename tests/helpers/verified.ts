/** Exports that are checked as the program checks them: read again by the format's own reader before they are in place. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Format } from '../../src/core/formats/dataset.ts'
import type { ExportImage, ExportReport, ExportSource } from '../../src/core/formats/source.ts'
import { verifyExport } from '../../src/core/services/exporting/verifyExport.ts'
import type { Verification } from '../../src/core/services/exporting/verifyExport.ts'

export interface Verified {
  readonly report: ExportReport
  readonly verification: Verification
}

/** @throws AppError export-failed naming what the reader finds otherwise than the project has it, up to what `holds` allows */
export async function exportVerified(
  { reads, writes }: Format,
  source: ExportSource,
  out: string,
  options: Record<string, string> = {},
): Promise<Verified> {
  const items = new Map<number, ExportImage>()
  for await (const item of source.images()) items.set(item.image.id, item)
  const labels = new Map(source.labels.map(({ id, name }) => [id, name]))
  let verification: Verification | null = null
  const report = await writes!.write(source, out, options, {
    verify: async (written, soFar, names) => {
      const wish = {
        names,
        report: soFar,
        original: (id: number) => {
          const { image, file, annotations } = items.get(id)!
          return { image, file, annotations: () => annotations }
        },
        labelOf: ({ labelId }: { labelId: number }) => labels.get(labelId as never)!,
      }
      verification = await verifyExport(written, {
        ...wish,
        format: reads!,
        readOptions: writes!.readOptions?.(options) ?? {},
        holds: writes!.holds(options),
      })
    },
  })
  return { report, verification: verification! }
}

/** The same for a random project, into a folder that is gone afterwards; objects asked for are written or explained. */
export async function expectVerified(
  format: Format,
  source: ExportSource,
  options: Record<string, string> = {},
): Promise<Verified> {
  const folder = mkdtempSync(join(tmpdir(), 'verified-'))
  try {
    const done = await exportVerified(format, source, join(folder, 'out'), { images: 'none', ...options })
    let asked = 0
    for await (const { annotations } of source.images()) asked += annotations.length
    const written = Object.values(done.report.annotations).reduce((sum, count) => sum + count, 0)
    const skipped = done.report.skipped.reduce((sum, { objects }) => sum + objects, 0)
    if (asked !== written + skipped) throw new Error(`${asked} objects were asked for, ${written} written, ${skipped} explained`)
    return done
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
