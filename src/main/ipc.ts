/** The gate: one channel, open to the window's own page only, behind it the calls of the contract. */
import { ipcMain, type BrowserWindow, type IpcMainEvent } from 'electron'
import { z } from 'zod'
import type { AppServices } from '../core/services/types.ts'
import { appContract } from '../shared/appContract.ts'
import { CHANNEL, OPENABLE, type AskToOpen } from '../shared/bridge.ts'
import { serve, type Transport } from '../shared/rpc.ts'
import { PAGE } from './security.ts'

const Envelope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), message: z.unknown() }),
  z.object({ kind: z.literal('dropped'), path: z.string().min(1) }),
])
const AskToOpen = z.object({ type: z.literal('open'), what: z.enum(OPENABLE) })

export interface Gate {
  /** The window asks for a native dialog. */
  onOpen(what: AskToOpen['what']): void
  /** A person dropped this on the window, so that it may be read. */
  onDropped(path: string): void
}

/** Answers the window's page until the window is closed; a reloaded page starts anew, and the calls of the one before are aborted. */
export function openGate(window: BrowserWindow, services: AppServices, gate: Gate): void {
  let page = pageOf(window)
  const answer = () => serve(appContract, services.handlers, page.transport)
  let stop = answer()
  const receive = (event: IpcMainEvent, raw: unknown) => {
    if (!isFromPage(event, window)) return
    const envelope = Envelope.safeParse(raw).data
    if (envelope?.kind === 'dropped') gate.onDropped(envelope.path)
    if (envelope?.kind !== 'message') return
    const asked = AskToOpen.safeParse(envelope.message).data
    if (asked) gate.onOpen(asked.what)
    else page.receive(envelope.message)
  }
  ipcMain.on(CHANNEL, receive)
  window.webContents.on('did-navigate', () => {
    stop()
    page = pageOf(window)
    stop = answer()
  })
  window.on('closed', () => {
    stop()
    ipcMain.off(CHANNEL, receive)
  })
}

/** True for the top frame of the window while it shows the window's own page. */
function isFromPage({ sender, senderFrame }: IpcMainEvent, window: BrowserWindow): boolean {
  return sender === window.webContents && senderFrame !== null && senderFrame.parent === null && senderFrame.url === PAGE
}

/** One loaded page as a Transport: what it sends is handed to `receive`. */
function pageOf(window: BrowserWindow): { transport: Transport; receive: (message: unknown) => void } {
  const listeners = new Set<(message: unknown) => void>()
  const transport: Transport = {
    send: (message) => {
      if (!window.isDestroyed()) window.webContents.send(CHANNEL, message)
    },
    onMessage: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    // Whoever made this page ends it.
    onClose: () => undefined,
  }
  return {
    transport,
    receive: (message) => {
      for (const listener of listeners) listener(message)
    },
  }
}
