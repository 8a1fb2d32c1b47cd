/**
 * `node build/notices.ts FILE`, the last step of `npm run build`: the licences of all packages that the program is made of,
 * as their authors wrote them. Bundling drops these texts, and MIT, BSD, ISC and Apache ask for them to come along.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Locked {
  readonly dev?: boolean
  /** For development, and wanted by another package where it is there. */
  readonly devOptional?: boolean
  readonly link?: boolean
}

interface Described {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name?: string }
  readonly homepage?: string
  readonly repository?: string | { readonly url?: string }
}

/** Files at the top of a package that hold its terms. */
const TERMS = /^(licen[cs]e|copying|notice|third.?party.?notices)([-.].*)?$/i

const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T

/** Folders, relative to `root`, of what is installed and not for development only; in the same order on every machine. */
function foldersOf(root: string): string[] {
  const { packages } = read<{ packages: Readonly<Record<string, Locked>> }>(join(root, 'package-lock.json'))
  const used = Object.entries(packages).filter(([folder, { dev, devOptional, link }]) => folder !== '' && !dev && !devOptional && !link).map(([folder]) => folder)
  // What is for another system is in the list and not on the disk.
  return used.filter((folder) => existsSync(join(root, folder, 'package.json'))).sort()
}

function addressOf({ homepage, repository }: Described): string {
  const url = typeof repository === 'string' ? repository : repository?.url
  return (url ?? homepage ?? '').replace(/^git\+/, '').replace(/\.git$/, '')
}

function noticeOf(folder: string): string {
  const described = read<Described>(join(folder, 'package.json'))
  const { name, version, license = 'see its text', author } = described
  const by = typeof author === 'string' ? author : author?.name
  const texts = readdirSync(folder).filter((file) => TERMS.test(file)).sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
  const head = [`${name} ${version}`, `Licence: ${license}`, ...(by ? [`By: ${by}`] : []), addressOf(described)].filter((line) => line !== '')
  return [head.join('\n'), ...texts].join('\n\n')
}

/** The whole text. `root` holds package-lock.json and node_modules. */
export function noticesOf(root: string): string {
  const notices = new Set(foldersOf(root).map((folder) => noticeOf(join(root, folder))))
  const rule = `\n\n${'-'.repeat(80)}\n\n`
  return `${['Marquee contains the following software of others.', ...notices].join(rule)}\n`
}

const [, script, out] = process.argv
if (script === fileURLToPath(import.meta.url)) {
  if (out === undefined) throw new Error('Name the file to write.')
  writeFileSync(out, noticesOf(fileURLToPath(new URL('..', import.meta.url))))
}
