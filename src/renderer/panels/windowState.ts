/** What is open in the window, and nothing about the image: dialogs and where the focus is wanted. */
import { createStore } from 'zustand/vanilla'
import { useStore } from 'zustand'
import type { ModelActivity } from '../../shared/appContract.ts'
import type { ImageId } from '../../shared/model.ts'

export type DialogName = 'open' | 'import' | 'dropped' | 'export' | 'simplify' | 'models' | 'keys' | 'settings' | 'palette' | 'problems' | 'removeImages'

export interface WindowState {
  readonly dialog: DialogName | null
  readonly tour: boolean
  readonly viewPopover: boolean
  readonly wordsPopover: boolean
  /** Name of what was dropped on a browser's window: the folder dialog asks where it lies. */
  readonly dropped: string | null
  /** A dataset that was dropped, to be imported. */
  readonly dataset: string | null
  /** Grows whenever the prompt bar should take the focus. */
  readonly promptFocus: number
  /** Grows whenever the focus should go to the next part of the window. */
  readonly panelFocus: number
  /** Images that a dialog asks about: they may go from the project. */
  readonly removing: readonly ImageId[]
  /** A first prompt was typed since the window opened. */
  readonly prompted: boolean
  /** The image that was asked about last: its answer is not shown beside another. */
  readonly askedImage: ImageId | null
  /** The colours shown now, whether chosen or the system's. */
  readonly dark: boolean
  /** What the engine does, null until the host said so. */
  readonly activity: ModelActivity | null
  /** Grows when another project is opened: the window then starts with a new editor. */
  readonly projects: number
  /** To be read into the project that was opened last. */
  readonly folders: readonly string[]
  /** Images found so far by the folder that is being added, or null. */
  readonly adding: number | null
}

export const windowState = createStore<WindowState>()(() => ({
  dialog: null,
  dropped: null,
  dataset: null,
  removing: [],
  tour: false,
  viewPopover: false,
  wordsPopover: false,
  promptFocus: 0,
  panelFocus: 0,
  prompted: false,
  askedImage: null,
  dark: true,
  activity: null,
  projects: 0,
  folders: [],
  adding: null,
}))

export function useWindow<Part>(selector: (state: WindowState) => Part): Part {
  return useStore(windowState, selector)
}

export const openDialog = (dialog: DialogName) => windowState.setState({ dialog, viewPopover: false, wordsPopover: false })
export const closeDialog = () => windowState.setState({ dialog: null, dropped: null, dataset: null })
export const askToRemove = (removing: readonly ImageId[]) => windowState.setState({ dialog: 'removeImages', removing })
export const focusPrompt = () => windowState.setState(({ promptFocus }) => ({ promptFocus: promptFocus + 1 }))
export const focusNextPanel = () => windowState.setState(({ panelFocus }) => ({ panelFocus: panelFocus + 1 }))
