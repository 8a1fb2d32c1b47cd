import { Menu } from '@mantine/core'
import { EllipsisVertical, FileX, ImageOff } from 'lucide-react'
import { memo, useState, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { thumbnailUrl, type ImageRow } from '../../../shared/appContract.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { useSayProblem } from '../useSayProblem.ts'
import { commandsById } from '../commands.ts'
import type { Marking } from './marking.ts'
import css from './Side.module.css'

interface FileItemProps {
  /** Without it: its place while it is being loaded. */
  readonly row: ImageRow | undefined
  /** Its place in the list that is shown, from 0. */
  readonly at: number
  readonly marked: boolean
  readonly marking: Marking
}

export const FileItem = memo(function FileItem({ row, at, marked, marking }: FileItemProps) {
  const { t } = useTranslation()
  const say = useSayProblem()
  const editor = useEditor()
  const [menu, setMenu] = useState(false)
  const active = useEditorState(({ image }) => row !== undefined && image?.id === row.id)
  if (!row) return <div className={css.file} />
  const { dot, text } = stateOf(row)
  const name = row.path.slice(row.path.lastIndexOf('/') + 1)
  const problem = row.problem === null ? null : say(row.problem)
  const counted = { accepted: row.accepted, proposed: row.proposed, count: row.accepted }
  const click = (event: MouseEvent) => {
    if (event.shiftKey) return marking.markTo(row.id, at)
    if (event.ctrlKey || event.metaKey) return marking.toggle(row.id, at)
    marking.clear(at)
    void editor.openImage(row.id)
  }
  const openMenu = (event: MouseEvent) => {
    event.preventDefault()
    setMenu(true)
  }
  return (
    <div className={css.fileRow} data-active={active} data-marked={marked} onContextMenu={openMenu}>
      <button
        type="button"
        className={css.file}
        aria-current={active}
        aria-pressed={marked || undefined}
        title={problem === null ? row.path : `${row.path}\n${problem}`}
        onClick={click}
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
      <FileMenu name={name} opened={menu} onChange={setMenu} onRemove={() => marking.remove(row.id)} count={marked ? marking.marked.size : 1} />
    </div>
  )
})

interface FileMenuProps {
  readonly name: string
  readonly opened: boolean
  readonly onChange: (opened: boolean) => void
  readonly onRemove: () => void
  /** So many images it is about. */
  readonly count: number
}

function FileMenu({ name, opened, onChange, onRemove, count }: FileMenuProps) {
  const { t } = useTranslation()
  const editor = useEditor()
  const showRemoved = commandsById.get('image.showRemoved')!
  const hasRemoved = useEditorState(() => showRemoved.enabled(editor))
  return (
    <Menu position="bottom-end" width={240} opened={opened} onChange={onChange}>
      <Menu.Target>
        <button type="button" className={`icon-button ${css.more!}`} aria-label={t('files.more', { name })}>
          <EllipsisVertical size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onRemove}>{count > 1 ? t('files.removeMarked', { count }) : t('files.remove')}</Menu.Item>
        {hasRemoved && <Menu.Item onClick={() => showRemoved.perform(editor)}>{t(showRemoved.titleKey)}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

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
