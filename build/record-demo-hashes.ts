/** Writes sizes and SHA-256 of the shipped demo models into models/manifest.json; run after their weights change. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const MANIFEST = 'models/manifest.json'

/** Replaces the facts of one file entry in the text, so that the rest of the manifest keeps its layout. */
function recordFile(text: string, folder: string, path: string): string {
  const bytes = readFileSync(`models/${folder}/${path}`)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const entry = new RegExp(`(${JSON.stringify(folder)}[\\s\\S]*?\\{ "path": ${JSON.stringify(path)}, "size": )[^,]+(, "sha256": )[^ }]+`)
  if (!entry.test(text)) throw new Error(`${MANIFEST} does not list ${path} under ${folder}.`)
  return text.replace(entry, `$1${String(bytes.length)}$2${JSON.stringify(sha256)}`)
}

interface Listed {
  readonly shipped: string | null
  readonly files: readonly { readonly path: string }[]
}

let text = readFileSync(MANIFEST, 'utf8')
const { models } = JSON.parse(text) as { models: readonly Listed[] }
for (const { shipped, files } of models) if (shipped !== null) for (const { path } of files) text = recordFile(text, shipped, path)
writeFileSync(MANIFEST, text)
