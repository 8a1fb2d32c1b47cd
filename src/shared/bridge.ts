/** What the Electron window and its host say to each other: one channel, three functions. */

/** The only IPC channel there is, in both directions. */
export const CHANNEL = 'rpc'

/** All that the window's page sees of Electron, as `window.bridge`. */
export interface Bridge<File = object> {
  /** A call or its cancellation (`Wire` of the rpc), or an AskToOpen. */
  send(message: unknown): void
  /** Answers of the rpc, and Notices. Returns what ends the subscription. */
  onMessage(listener: (message: unknown) => void): () => void
  /** Where a dropped file or folder lies, '' for one that is not on disk. From then on the window may read it. */
  pathOf(file: File): string
}

/** What the preload puts around what is sent: the page can not forge the second kind. */
export type Envelope = { readonly kind: 'message'; readonly message: unknown } | { readonly kind: 'dropped'; readonly path: string }

/** The window asks for a native dialog: a folder as a project of its own, images to add, or a project file. */
export const OPENABLE = ['folder', 'images', 'project'] as const
export interface AskToOpen {
  readonly type: 'open'
  readonly what: (typeof OPENABLE)[number]
}

/**
 * What the host tells the page unasked: a command was chosen in the native menu (`id` as in the window's list of commands,
 * e.g. `edit.undo`), or another project is open.
 */
export type Notice = { readonly type: 'command'; readonly id: string } | { readonly type: 'project' }
