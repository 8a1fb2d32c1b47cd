/** The menus on top: all of the commands, grouped as every desktop tool groups them. */
import { Menu, Menubar } from '@mantine/core'
import { Fragment, useEffect, useState } from 'react'
import { Check, CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { messageOf } from '../../../shared/errors.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { chordText } from '../../keys/chord.ts'
import { useKeymap } from '../../keys/context.ts'
import { commandsById } from '../commands.ts'
import { folderRun } from '../prompt/folderRun.ts'
import { openProject } from '../open/opening.ts'
import { IconButton } from '../parts.tsx'
import { openDialog, windowState } from '../windowState.ts'
import css from './MenuBar.module.css'

const LINE = null

const MENUS = {
  file: ['file.open', 'recent', LINE, 'file.import', 'file.export', LINE, 'image.remove', 'image.showRemoved', LINE, 'file.check', LINE, 'run.models', 'window.settings'],
  edit: ['edit.undo', 'edit.redo', LINE, 'edit.delete', 'edit.duplicate', 'edit.copyToNext', 'edit.selectAll'],
  object: [
    ...['object.boxToMask', 'object.toMask', 'object.toPolygon', LINE],
    ...['object.union', 'object.subtract', 'object.intersect', 'object.cutHole', 'object.split', 'object.simplify', LINE],
    ...['object.group', 'object.ungroup', LINE, 'object.hide', 'object.lock', LINE, 'object.bringToFront', 'object.sendToBack'],
  ],
  view: [
    ...['view.fit', 'view.actualSize', 'view.zoomIn', 'view.zoomOut', 'view.zoomToObject', LINE],
    ...['view.toggleAll', LINE, 'window.adjust', 'window.theme', LINE, 'image.next', 'image.previous'],
  ],
  run: [
    ...['run.focusPrompt', 'run.mark', 'review.stop', 'run.folder', LINE, 'run.grid', 'run.onArrival', LINE],
    ...['review.acceptAll', 'review.acceptSelected', 'review.discardAll', 'review.nextObject', 'review.previousObject', LINE],
    ...['run.words', 'run.models'],
  ],
  help: ['help.keys', 'window.palette', 'help.tour', LINE, 'help.problems'],
} as const

export function MenuBar() {
  const { t } = useTranslation()
  return (
    <div className={css.bar} role="region" aria-label="Marquee" data-panel>
      <h1 className={css.name}>Marquee</h1>
      <Menubar aria-label={t('menu.bar')} className={css.menus} classNames={{ target: css.target! }}>
        {Object.entries(MENUS).map(([name, entries]) => (
          <Menubar.Menu key={name} offset={2} width="auto">
            <Menubar.Target>{t(`menu.${name}`)}</Menubar.Target>
            <Menubar.Dropdown>
              <Entries entries={entries} />
            </Menubar.Dropdown>
          </Menubar.Menu>
        ))}
      </Menubar>
      <span className={css.gap} />
      <ProjectName />
      <Shortcuts />
    </div>
  )
}

function Entries({ entries }: { readonly entries: readonly (string | null)[] }) {
  return entries.map((id, index) => (
    <Fragment key={id ?? index}>{id === LINE ? <Menu.Divider /> : id === 'recent' ? <Recent /> : <CommandItem id={id} />}</Fragment>
  ))
}

function CommandItem({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const chord = useKeymap().chords.get(id)?.[0]
  const command = commandsById.get(id)!
  const enabled = useEditorState(() => command.enabled(editor))
  const checked = command.checked?.()
  return (
    <Menu.Item
      disabled={!enabled}
      leftSection={checked === undefined ? undefined : <Check size={14} aria-hidden style={{ opacity: checked ? 1 : 0 }} />}
      rightSection={chord === undefined ? undefined : <span className={css.chord}>{chordText(chord)}</span>}
      aria-keyshortcuts={chord === undefined ? undefined : chordText(chord, false)}
      onClick={() => command.perform(editor)}
    >
      {t(command.titleKey)}
    </Menu.Item>
  )
}

/** Projects opened before; opening one shows it in this window. */
function Recent() {
  const { t } = useTranslation()
  const editor = useEditor()
  const [paths, setPaths] = useState<readonly string[]>([])
  useEffect(() => {
    editor.api['project.recent'](null).then(setPaths, () => setPaths([]))
  }, [editor])
  const open = (path: string) => {
    openProject(editor, path).catch((error: unknown) => editor.report(messageOf(error)))
  }
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item disabled={paths.length === 0}>{t('menu.recent')}</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        {paths.map((path) => (
          <Menu.Item key={path} onClick={() => open(path)}>
            {path}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  )
}

function ProjectName() {
  const project = useEditorState(({ project }) => project)
  return project && <span className={`${css.project!} ellipsis`}>{project.name}</span>
}

function Shortcuts() {
  const { t } = useTranslation()
  const editor = useEditor()
  const problems = useEditorState(({ problems }) => problems.length)
  const running = useStore(folderRun, ({ running }) => running)
  return (
    <>
      {problems > 0 && (
        <IconButton
          label={t('problems.count', { count: problems })}
          icon={<CircleAlert size={16} color="var(--bad)" />}
          onClick={() => windowState.setState({ dialog: 'problems' })}
        />
      )}
      <button type="button" className="button" disabled={running} onClick={() => commandsById.get('run.folder')!.perform(editor)}>
        {t('menu.runOnFolder')}
      </button>
      <button type="button" className="button" onClick={() => openDialog('export')}>
        {t('menu.export')}
      </button>
    </>
  )
}
