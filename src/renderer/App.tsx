/** The window: menus, tools, prompt, canvas, right column, status. */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { bridge } from './bridge.ts'
import { CanvasStage } from './canvas/index.ts'
import type { Connection } from './client.ts'
import { EditorContext, type Editor } from './editor/index.ts'
import { KeymapContext } from './keys/context.ts'
import { makeKeymap } from './keys/keymap.ts'
import { useKeys } from './keys/useKeys.ts'
import { ConnectionBanner, Notice, ProblemToast } from './panels/bar/Banners.tsx'
import { EmptyCanvas } from './panels/bar/EmptyCanvas.tsx'
import { FrameSlider } from './panels/bar/FrameSlider.tsx'
import { HintBar } from './panels/bar/HintBar.tsx'
import { MenuBar } from './panels/bar/MenuBar.tsx'
import { StatusBar } from './panels/bar/StatusBar.tsx'
import { ToolColumn } from './panels/bar/ToolColumn.tsx'
import { commands, commandsById } from './panels/commands.ts'
import { Dialogs } from './panels/dialogs/Dialogs.tsx'
import { PromptBar } from './panels/prompt/PromptBar.tsx'
import { runOnArrival } from './panels/prompt/runPrompt.ts'
import { useSettings, wheelOf } from './panels/settings.ts'
import { SideColumn } from './panels/side/SideColumn.tsx'
import { Tour } from './panels/Tour.tsx'
import { useActivity } from './panels/useActivity.ts'
import { useBrowserDrop } from './panels/open/useBrowserDrop.ts'
import { usePanelFocus } from './panels/usePanelFocus.ts'
import { windowState } from './panels/windowState.ts'
import { followShell } from './shell.ts'
import css from './App.module.css'

interface AppProps {
  readonly editor: Editor
  readonly link: Connection['link']
}

export function App({ editor, link }: AppProps) {
  const preset = useSettings((value) => value.preset)
  const own = useSettings((value) => value.keys)
  const keymap = useMemo(() => makeKeymap(commands, preset, own), [preset, own])
  const wheelZooms = useSettings((value) => wheelOf(value) === 'zoom')
  useEffect(() => editor.store.setState({ wheelZooms }), [editor, wheelZooms])
  const dark = useComputedColorScheme() === 'dark'
  useEffect(() => windowState.setState({ dark }), [dark])
  useKeys(editor, keymap, commandsById)
  useTitle(editor)
  useActivity(editor)
  usePanelFocus()
  useEffect(() => runOnArrival(editor), [editor])
  useBrowserDrop(bridge === undefined)
  useEffect(() => (bridge ? followShell(bridge, editor, window) : undefined), [editor])
  return (
    <EditorContext value={editor}>
      <KeymapContext value={keymap}>
        <div className={css.window}>
          <MenuBar />
          <ToolColumn />
          <main className={css.center}>
            <div className={css.top}>
              <PromptBar />
              <Notice />
            </div>
            <div className={css.canvas} data-panel>
              <CanvasStage editor={editor} />
              <EmptyCanvas />
              <FrameSlider />
              <HintBar />
              <ProblemToast />
            </div>
          </main>
          <SideColumn />
          <StatusBar />
        </div>
        <ConnectionBanner link={link} />
        <Dialogs />
        <Tour />
      </KeymapContext>
    </EditorContext>
  )
}

function useTitle({ store }: Editor): void {
  const name = useStore(store, ({ project }) => project?.name)
  useEffect(() => {
    if (name !== undefined) document.title = `${name} – Marquee`
  }, [name])
}
