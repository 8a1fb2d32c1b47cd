/** No page may leave, open a window, get a permission or loosen its sandbox. */
import { describe, expect, it, vi } from 'vitest'
import { app, event, Session, shell, WebContents } from '../../helpers/fakeElectron.ts'

vi.mock('electron', () => import('../../helpers/fakeElectron.ts'))
const { denyPermissions, guardPages, hardened, PAGE } = await import('../../../src/main/security.ts')

guardPages()
function page(): WebContents {
  const contents = new WebContents()
  app.emit('web-contents-created', event(), contents)
  return contents
}

describe('preferences of a window', () => {
  it('are those of the checklist', () => {
    expect(hardened({ preload: '/p.cjs' })).toMatchObject({
      preload: '/p.cjs',
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
      spellcheck: false,
    })
    expect(hardened({})).not.toHaveProperty('enableBlinkFeatures')
  })

  it('are set last, so that no window can loosen them', () => {
    const loose = { sandbox: false, contextIsolation: false, nodeIntegration: true, webSecurity: false, webviewTag: true, navigateOnDragDrop: true, devTools: true }
    expect(hardened(loose)).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false, navigateOnDragDrop: false, devTools: false })
  })
})

describe('navigation', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s goes nowhere but to the page itself', (name) => {
    const contents = page()
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'app://other/index.html', 'app://marquee/other.html', 'javascript:alert(1)', `${PAGE}?x`, 'data:text/html,x']) {
      const navigation = event({ url })
      contents.emit(name, navigation)
      expect(navigation.prevented, url).toBe(true)
    }
    const reload = event({ url: PAGE })
    contents.emit(name, reload)
    expect(reload.prevented).toBe(false)
  })

  it('has no webview', () => {
    const attach = event()
    page().emit('will-attach-webview', attach)
    expect(attach.prevented).toBe(true)
  })

  it('opens no window, and outside only https pages of the list', () => {
    const contents = page()
    const open = (url: string) => contents.openHandler!({ url })
    const refused = [
      ...['http://huggingface.co/', 'https://huggingface.co.evil.org/', 'https://evil.org/?huggingface.co', 'https://user@huggingface.co/'],
      ...['https://huggingface.co:8443/', 'file:///etc/passwd', 'smb://huggingface.co/x', 'ms-settings:', 'not a url'],
    ]
    for (const url of refused) expect(open(url)).toEqual({ action: 'deny' })
    expect(shell.opened).toEqual([])
    expect(open('https://huggingface.co/facebook/sam2.1-hiera-tiny')).toEqual({ action: 'deny' })
    expect(shell.opened).toEqual(['https://huggingface.co/facebook/sam2.1-hiera-tiny'])
  })
})

describe('permissions', () => {
  const session = new Session()
  denyPermissions(session as never)
  const asked = ['media', 'geolocation', 'notifications', 'midiSysex', 'openExternal', 'fullscreen', 'clipboard-read', 'fileSystem', 'usb', 'hid', 'serial', 'unknown']

  it.each(asked)('%s is refused, asked for or looked up', (permission) => {
    let granted: boolean | null = null
    session.requestHandler!(null, permission, (answer) => {
      granted = answer
    })
    expect(granted).toBe(false)
    expect(session.checkHandler!(null, permission)).toBe(false)
  })

  it('devices are refused, and text may be copied', () => {
    expect(session.deviceHandler!()).toBe(false)
    expect(session.checkHandler!(null, 'clipboard-sanitized-write')).toBe(true)
  })
})
