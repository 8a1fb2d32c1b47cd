import { FileX, ImageOff } from 'lucide-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { thumbnailUrl, type ImageRow } from '../../../shared/appContract.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from './Side.module.css'

/** Without a row: its place while it is being loaded. */
export const FileItem = memo(function FileItem({ row }: { readonly row: ImageRow | undefined }) {
  const { t } = useTranslation()
  const say = useSayProblem()
  const editor = useEditor()
  const active = useEditorState(({ image }) => row !== undefined && image?.id === row.id)
  if (!row) return <div className={css.file} />
  const { dot, text } = stateOf(row)
  const name = row.path.slice(row.path.lastIndexOf('/') + 1)
  const problem = row.problem === null ? null : say(row.problem)
  const counted = { accepted: row.accepted, proposed: row.proposed, count: row.accepted }
  return (
    <button
      type="button"
      className={css.file}
      data-active={active}
      aria-current={active}
      title={problem === null ? row.path : `${row.path}\n${problem}`}
      onClick={() => void editor.openImage(row.id)}
    >
      <span className={css.thumbnail}>
        <Thumbnail key={row.id} {...row} />
      </span>
      <span className={css.fileText}>
        <span className="ellipsis">{name}</span>
        <span className={`${css.fileState!} ellipsis`}>
          <span className={`dot ${dot}`} />
          {problem === null ? t(text, counted) : withoutName(problem, name)}
        </span>
      </span>
    </button>
  )
})

/** Where there is no picture to be had, a sign of why instead of the browser's own. */
function Thumbnail({ id, status }: Pick<ImageRow, 'id' | 'status'>) {
  const [broken, setBroken] = useState(false)
  if (status === 'missing') return <FileX size={18} aria-hidden />
  if (status !== 'ok' || broken) return <ImageOff size={18} aria-hidden />
  return <img src={thumbnailUrl(id)} alt="" loading="lazy" draggable={false} onError={() => setBroken(true)} />
}

function stateOf({ status, accepted, proposed, looked }: ImageRow): { dot: string; text: string } {
  if (status !== 'ok') return { dot: 'bad', text: `files.${status}` }
  if (proposed > 0 && accepted > 0) return { dot: 'warn', text: 'files.both' }
  if (proposed > 0) return { dot: 'warn', text: 'files.proposed' }
  if (accepted > 0) return { dot: 'good', text: 'files.accepted' }
  return looked ? { dot: '', text: 'files.looked' } : { dot: 'empty', text: 'files.untouched' }
}

/** The name stands above already. */
const withoutName = (problem: string, name: string) => (problem.startsWith(name) ? problem.slice(name.length).trim() : problem)
