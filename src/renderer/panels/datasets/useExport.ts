/** What a person wants exported, as the dialog fills it in. */
import { useCallback, useEffect, useState } from 'react'
import type { ExportWish, WritableFormatRow } from '../../../shared/appContract.ts'
import { toWireError } from '../../../shared/errors.ts'
import type { Api } from '../../editor/index.ts'
import { useEditor } from '../../editor/index.ts'
import { joinPath } from '../paths.ts'

export type LabelCounts = Awaited<ReturnType<Api['exports.counts']>>

export interface ExportDraft {
  /** Id of a format. */
  readonly format: string
  /** Of a format that is written as a file or as a folder: as a folder. */
  readonly asFolder: boolean
  readonly proposals: boolean
  /** Names of labels that stay out. */
  readonly without: ReadonlySet<string>
  readonly split: ExportWish['split']
  /** Chosen options by format and option. */
  readonly options: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly folder: string | null
  /** null: the name the format gives. */
  readonly name: string | null
}

export const FIRST_DRAFT: ExportDraft = {
  format: 'coco',
  asFolder: false,
  proposals: false,
  without: new Set(),
  split: null,
  options: {},
  folder: null,
  name: null,
}

/** The endings of files that formats write; those not named here write JSON. */
const ENDINGS: Readonly<Record<string, string>> = { csv: '.csv', cvat: '.xml' }

export const writesFolder = ({ output }: WritableFormatRow, { asFolder }: ExportDraft) => output === 'folder' || (output === 'either' && asFolder)

/** The name in its field: what was typed, else one that tells the format. */
export function nameOf(format: WritableFormatRow, draft: ExportDraft): string {
  return draft.name ?? (writesFolder(format, draft) ? format.id : `annotations${endingOf(format)}`)
}

const endingOf = ({ id }: WritableFormatRow) => ENDINGS[id] ?? '.json'

/** The name as it is written: files have the ending of their format, a folder has none that could be taken for a file's. */
export function fileNameOf(format: WritableFormatRow, draft: ExportDraft): string {
  const name = nameOf(format, draft).trim()
  if (writesFolder(format, draft)) return format.output === 'either' ? name.replaceAll('.', '_') : name
  return name.toLowerCase().endsWith(endingOf(format)) ? name : name + endingOf(format)
}

/** null while there is no place for it, or a split without shares. */
export function wishOf(format: WritableFormatRow, draft: ExportDraft, labels: readonly string[]): ExportWish | null {
  const split = draft.split && { ...draft.split, shares: withoutEmptyTest(draft.split.shares) }
  const isSplit = split === null || split.shares.some((share) => share > 0)
  if (draft.folder === null || nameOf(format, draft).trim() === '' || !isSplit) return null
  const chosen = draft.options[format.id] ?? {}
  const options = writesFolder(format, draft) ? chosen : Object.fromEntries(Object.entries(chosen).filter(([id]) => id !== 'images'))
  return {
    format: format.id,
    path: joinPath(draft.folder, fileNameOf(format, draft)),
    states: draft.proposals ? ['accepted', 'proposed'] : ['accepted'],
    labels: draft.without.size === 0 ? null : labels.filter((label) => !draft.without.has(label)),
    split,
    options,
    allowIncomplete: false,
    replace: false,
  }
}

/** Where nothing goes to the third part there are two. */
const withoutEmptyTest = (shares: readonly number[]) => (shares[2] === 0 ? shares.slice(0, 2) : [...shares])

/** COCO and VOC are what most ask for. */
const FIRST = ['coco', 'voc']
const place = ({ id }: WritableFormatRow) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length)

/** The formats there are and what there is to export, once the host said so. */
export function useExportFacts() {
  const editor = useEditor()
  const [facts, setFacts] = useState<{ readonly formats: readonly WritableFormatRow[]; readonly counts: LabelCounts } | null>(null)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    const ask = async () => {
      const { writes } = await editor.api['formats.list'](null)
      setFacts({ formats: writes.toSorted((a, b) => place(a) - place(b)), counts: await editor.api['exports.counts'](null) })
    }
    ask().catch((problem: unknown) => setError(toWireError(problem).message))
  }, [editor])
  return { facts, error }
}

/** The draft; `forget` is called with every change: the refusal of the wish before is gone. */
export function useExportDraft(forget: () => void) {
  const [draft, setDraft] = useState(FIRST_DRAFT)
  const change = useCallback(
    (part: Partial<ExportDraft>) => {
      setDraft((before) => ({ ...before, ...part }))
      forget()
    },
    [forget],
  )
  return { draft, change }
}
