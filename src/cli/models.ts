/** `marquee models`: what there is, install, verify, remove. */
import { openModels } from '../core/models/models.ts'
import { EXIT } from './exitCodes.ts'
import { withProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { plural, table } from './text.ts'

const megabytes = (bytes: number) => (bytes === 0 ? '–' : `${String(Math.ceil(bytes / 1e6))} MB`)

export async function listModels(out: Terminal): Promise<number> {
  const models = openModels()
  const rows = await models.list()
  const facts = rows.map(({ entry, state, folder, bytes, received }) => ({ id: entry.id, name: entry.name, kind: entry.kind, state, folder, bytes, received, licence: entry.licence }))
  out.result({ folder: models.folder, models: facts })
  out.line(table(['id', 'makes', 'state', 'download', 'licence'], rows.map(({ entry, state, bytes }) => [
    entry.id,
    entry.kind === 'grounder' ? 'words → boxes' : 'boxes → masks',
    state,
    state === 'shipped' ? '–' : megabytes(bytes),
    entry.licence,
  ])))
  out.line()
  for (const { entry } of rows) out.line(`${entry.id}: ${entry.about}`)
  out.line()
  out.line(`Models are kept in ${models.folder} (MARQUEE_MODELS changes that).`)
  return EXIT.ok
}

export async function installModel(id: string, out: Terminal): Promise<number> {
  const models = openModels()
  const stopping = 'Stopping: what was downloaded is kept, the next install goes on from there.'
  const record = await withProgress(stopping, out, (signal, bar) =>
    models.install(id, {
      signal,
      onProgress: ({ stage, file, received, total }) => {
        bar.update(Math.floor(received / 1e6), Math.ceil((total ?? received) / 1e6), `MB · ${stage} ${file}`)
      },
    }),
  )
  out.result(record)
  out.line(`Installed ${id} in ${models.folder}.`)
  return EXIT.ok
}

export async function verifyModels(id: string | undefined, out: Terminal): Promise<number> {
  const models = openModels()
  const rows = await models.list()
  const ids = id === undefined ? rows.filter(({ state, folder }) => state === 'installed' || folder !== null).map(({ entry }) => entry.id) : [id]
  const reports = []
  for (const one of ids) reports.push(await models.verify(one))
  const ok = reports.every((report) => report.ok)
  out.result({ ok, models: reports })
  for (const { id: one, ok: whole, files } of reports) {
    const unknown = files.filter(({ state }) => state === 'unknown').length
    const seen = `${plural(files.length, 'file')}${unknown > 0 ? `, ${String(unknown)} of them without a hash to compare with` : ''}`
    out.line(`${whole ? 'ok     ' : 'damaged'} ${one}: ${seen}`)
    for (const { path, state } of files) if (state === 'missing' || state === 'changed') out.line(`        ${state}: ${path}`)
    if (!whole) out.line(`        Install it again: marquee models remove ${one} && marquee models install ${one}`)
  }
  return ok ? EXIT.ok : EXIT.partial
}

export async function removeModel(id: string, out: Terminal): Promise<number> {
  await openModels().remove(id)
  out.result({ removed: id })
  out.line(`Removed ${id}.`)
  return EXIT.ok
}
