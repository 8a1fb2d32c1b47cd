import { Menu } from '@mantine/core'
import { Check, EllipsisVertical, Eye, EyeOff, Lock, LockOpen } from 'lucide-react'
import { memo, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelRow } from '../../../shared/appContract.ts'
import type { Box } from '../../../shared/geometry.ts'
import type { Annotation } from '../../../shared/model.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { commandsById } from '../commands.ts'
import css from './Side.module.css'

interface ObjectItemProps {
  readonly annotation: Annotation
  readonly label: LabelRow | undefined
  /** Its place in the list, from 1: what tells it from others of its label. */
  readonly number: number
}

export const ObjectItem = memo(function ObjectItem({ annotation, label, number }: ObjectItemProps) {
  const { t } = useTranslation()
  const editor = useEditor()
  const { id, box, group } = annotation
  const selected = useEditorState(({ selection }) => selection.has(id))
  const hovered = useEditorState((value) => value.hovered === id)

  const click = (event: MouseEvent) => {
    const { selection } = editor.state
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return editor.select([id])
    editor.select(selection.has(id) ? [...selection].filter((other) => other !== id) : [...selection, id])
  }
  return (
    <div
      className={css.row}
      data-active={selected}
      data-hovered={hovered}
      onPointerEnter={() => editor.setHovered(id)}
      onPointerLeave={() => editor.setHovered(null)}
    >
      <button
        type="button"
        className={css.main}
        aria-pressed={selected}
        title={t('objects.at', { x: Math.round(box.x0), y: Math.round(box.y0), size: sizeOf(box) })}
        onClick={click}
        onDoubleClick={() => commandsById.get('view.zoomToObject')!.perform(editor)}
      >
        <span className={css.number}>{number}</span>
        <span className="swatch" style={{ background: label?.color }} />
        <span className={`${css.name!} ellipsis`}>{label?.name ?? '?'}</span>
        <Attributes annotation={annotation} />
        {group !== null && <abbr className={css.attribute} title={t('objects.inGroup', { group })}>{`G${String(group)}`}</abbr>}
        <span className={css.size}>{sizeOf(box)}</span>
        <State annotation={annotation} />
      </button>
      <Toggles annotation={annotation} name={label?.name ?? '?'} />
    </div>
  )
})

const sizeOf = ({ x0, y0, x1, y1 }: Box) => `${String(Math.round(x1 - x0))} × ${String(Math.round(y1 - y0))}`

/** A proposal with what the model thinks of it; once accepted it is the person's, whatever the model thought. */
function State({ annotation: { state, score } }: { readonly annotation: Annotation }) {
  const { t } = useTranslation()
  if (state === 'accepted')
    return (
      <span className={css.accepted} title={t('objects.accepted')}>
        <Check size={14} aria-hidden /> <span className="visually-hidden">{t('objects.accepted')}</span>
      </span>
    )
  return (
    <span className={`chip warn ${css.state!}`} title={t('objects.proposed')}>
      {score === null ? '?' : score.toFixed(2)} <span className="visually-hidden">{t('objects.proposed')}</span>
    </span>
  )
}

const ATTRIBUTES = ['difficult', 'truncated', 'occluded', 'iscrowd'] as const

/** One letter per attribute that is set. */
function Attributes({ annotation }: { readonly annotation: Annotation }) {
  const { t } = useTranslation()
  return ATTRIBUTES.filter((name) => annotation[name]).map((name) => (
    <abbr key={name} className={css.attribute} title={t(`objects.${name}`)}>
      {t(`objects.${name}.letter`)}
    </abbr>
  ))
}

function Toggles({ annotation, name }: { readonly annotation: Annotation; readonly name: string }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const { id } = annotation
  const hidden = useEditorState((value) => value.hidden.has(id))
  const locked = useEditorState((value) => value.locked.has(id))
  const visibility = t(hidden ? 'objects.show' : 'objects.hide', { name })
  const lock = t(locked ? 'objects.unlock' : 'objects.lock', { name })
  return (
    <span className={css.toggles}>
      <button type="button" className="icon-button" data-on={hidden} aria-label={visibility} title={visibility} onClick={() => editor.setHidden([id], !hidden)}>
        {hidden ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
      </button>
      <button type="button" className="icon-button" data-on={locked} aria-label={lock} title={lock} onClick={() => editor.setLocked([id], !locked)}>
        {locked ? <Lock size={14} aria-hidden /> : <LockOpen size={14} aria-hidden />}
      </button>
      <Menu position="bottom-end" width={190} closeOnItemClick={false}>
        <Menu.Target>
          <button type="button" className="icon-button" aria-label={t('objects.more', { name })}>
            <EllipsisVertical size={14} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {ATTRIBUTES.map((attribute) => (
            <Menu.CheckboxItem
              key={attribute}
              checked={annotation[attribute]}
              disabled={locked}
              onChange={(on) => editor.update([id], (before) => ({ ...before, [attribute]: on }), attribute)}
            >
              {t(`objects.${attribute}`)}
            </Menu.CheckboxItem>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}
