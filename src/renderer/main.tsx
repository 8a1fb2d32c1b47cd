/** Starts the window: connection, settings, editor, then the first draw. */
import '@fontsource-variable/inter/index.css'
import './theme/mantine.ts'
import './theme/tokens.css'
import './theme/base.css'
import './theme/controls.css'
import { MantineProvider } from '@mantine/core'
import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import type { i18n } from 'i18next'
import { App } from './App.tsx'
import { picturesOfProject } from '../shared/appContract.ts'
import { messageOf } from '../shared/errors.ts'
import { openBridge } from './bridge.ts'
import { connect, openSocket, type Connection } from './client.ts'
import { createEditor, type Editor } from './editor/index.ts'
import { startI18n } from './i18n/index.ts'
import { addFolders } from './panels/open/opening.ts'
import { loadSettings, settings, startSettings, useSettings } from './panels/settings.ts'
import { useWindow, windowState } from './panels/windowState.ts'
import { theme } from './theme/theme.ts'

interface RootProps {
  readonly connection: Connection
  /** Settings as they were at the start. */
  readonly stored: Editor['stored']
  readonly words: i18n
}

/** The window with an editor for the project that is open; another project gets another editor. */
function Root({ connection: { api, link }, stored, words }: RootProps) {
  const colours = useSettings((value) => value.theme)
  const language = useSettings((value) => value.language)
  const projects = useWindow((state) => state.projects)
  const [editor, setEditor] = useState<Editor | null>(null)
  useEffect(() => {
    picturesOfProject(projects)
    const next = createEditor(api, projects > 0 ? loadSettings(api) : stored)
    setEditor(next)
    void begin(next)
    return () => void next.close()
  }, [api, stored, projects])
  useEffect(() => {
    document.documentElement.lang = language
    void words.changeLanguage(language)
  }, [language, words])
  return (
    <I18nextProvider i18n={words}>
      <MantineProvider theme={theme} defaultColorScheme="auto" {...(colours === 'system' ? {} : { forceColorScheme: colours })}>
        {editor && <App key={projects} editor={editor} link={link} />}
      </MantineProvider>
    </I18nextProvider>
  )
}

async function begin(editor: Editor): Promise<void> {
  const { folders } = windowState.getState()
  windowState.setState({ folders: [] })
  try {
    await editor.stored
    await editor.start()
  } catch (error) {
    editor.report(messageOf(error))
  }
  if (folders.length > 0) await addFolders(editor, folders)
}

async function start(): Promise<void> {
  const connection = connect(openBridge ?? openSocket)
  const stored = Promise.resolve(await startSettings(connection.api))
  const words = startI18n(settings.getState().language)
  createRoot(document.getElementById('root')!).render(<Root connection={connection} stored={stored} words={words} />)
}

start().catch((error: unknown) => {
  document.getElementById('root')!.textContent = messageOf(error)
})
