/** What no page may do, whatever it is: docs/security.md lists each point and the test that proves it. */
import { app, shell, type Session, type WebContents, type WebPreferences } from 'electron'

/** The window's only page. Its scheme serves the built window and nothing else. */
export const APP_ORIGIN = 'app://marquee'
export const PAGE = `${APP_ORIGIN}/index.html`

/** Hosts whose https pages open in the person's browser: where models and their licences are described. */
const EXTERNAL_HOSTS: ReadonlySet<string> = new Set(['huggingface.co', 'github.com'])

/** The wanted preferences, then those that nothing may override. */
export function hardened(own: WebPreferences): WebPreferences {
  return {
    ...own,
    // The spellchecker would download dictionaries.
    spellcheck: false,
    devTools: !app.isPackaged,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
  }
}

/** Call before the first window: every page ever made, this program's or not, stays where it is. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    stayOnPage(contents)
    contents.on('will-attach-webview', (event) => {
      event.preventDefault()
    })
    contents.setWindowOpenHandler(({ url }) => {
      if (isAllowedOutside(url)) void shell.openExternal(url)
      return { action: 'deny' }
    })
  })
}

/** Reloading the page is the only navigation. */
function stayOnPage(contents: WebContents): void {
  const refuse = (event: { readonly url: string; preventDefault(): void }) => {
    if (event.url !== PAGE) event.preventDefault()
  }
  contents.on('will-navigate', refuse)
  contents.on('will-frame-navigate', refuse)
  contents.on('will-redirect', refuse)
}

function isAllowedOutside(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, username } = new URL(url)
  return protocol === 'https:' && username === '' && EXTERNAL_HOSTS.has(host)
}

/** Camera, location, notifications, USB and all the rest: no. Only text may be put on the clipboard, which the window offers. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    answer(isGranted(permission))
  })
  session.setPermissionCheckHandler((_contents, permission) => isGranted(permission))
  session.setDevicePermissionHandler(() => false)
}

function isGranted(permission: string): boolean {
  return permission === 'clipboard-sanitized-write'
}
