/** The keymap of the window, for panels that show keys. */
import { createContext, useContext } from 'react'
import type { Keymap } from './keymap.ts'

export const KeymapContext = createContext<Keymap>({ chords: new Map(), commands: new Map() })

export const useKeymap = (): Keymap => useContext(KeymapContext)
