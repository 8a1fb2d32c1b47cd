/** Runs isolated beside the window's page, and hands it three functions and nothing of Electron itself. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { CHANNEL, type Bridge, type Envelope } from '../shared/bridge.ts'

const post = (envelope: Envelope) => {
  ipcRenderer.send(CHANNEL, envelope)
}

const bridge: Bridge<File> = {
  send: (message) => {
    post({ kind: 'message', message })
  },
  onMessage: (listener) => {
    const receive = (_event: unknown, message: unknown) => {
      listener(message)
    }
    ipcRenderer.on(CHANNEL, receive)
    return () => {
      ipcRenderer.off(CHANNEL, receive)
    }
  },
  pathOf: (file) => {
    const path = webUtils.getPathForFile(file)
    if (path !== '') post({ kind: 'dropped', path })
    return path
  },
}

contextBridge.exposeInMainWorld('bridge', bridge)
