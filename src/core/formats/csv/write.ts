/** One table of all objects, UTF-8 with a byte order mark, which spreadsheets need. */
import { writeFileAtomically } from '../common/files/atomicFile.ts'
import { ANNOTATION_VALUES } from '../source.ts'
import type { ExportFormat, ExportJob, ExportReport, ExportSource } from '../source.ts'
import { Tally } from '../common/tally.ts'
import { columnsWithout, headerOf, imageRow, linesOf, objectRow, UniquePaths } from './rows.ts'

const COLUMNS = columnsWithout('mask')

export const csvWriter: ExportFormat = {
  id: 'csv',
  name: 'CSV table of objects',
  output: 'file',
  options: [],
  holds: () => ({ objects: 'each', boxes: 0, masks: 'exact', values: ANNOTATION_VALUES }),
  async write(
    source: ExportSource,
    out: string,
    _options: Readonly<Record<string, string>>,
    job: ExportJob = {},
  ): Promise<ExportReport> {
    const tally = new Tally(source, job)
    const paths = new UniquePaths()
    await writeFileAtomically(
      out,
      async (sink) => {
        await sink.write(headerOf(COLUMNS))
        for await (const item of tally.imagesToWrite()) {
          const path = paths.pathOf(item)
          const annotations = tally.annotationsOf(item)
          const objects = annotations.map((annotation) => objectRow(annotation, tally.labelOf(annotation), item.image))
          await sink.write(
            linesOf(
              COLUMNS,
              (objects.length > 0 ? objects : [{}]).map((row) => ({ ...imageRow(item, path), ...row })),
            ),
          )
          for (const annotation of annotations) tally.count(annotation)
          tally.wrote(item.image, path)
        }
      },
      tally.finish(out),
    )
    return tally.report(out)
  },
}
