/** Chords such as `mod+shift+z`: how a key press is named, compared and shown. `mod` is Ctrl, or Cmd on macOS. */

export interface KeyPress {
  readonly key: string
  /** The place on the keyboard, e.g. `KeyC`. */
  readonly code?: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

const MODIFIERS = ['mod', 'alt', 'shift'] as const
const MODIFIER_KEYS: ReadonlySet<string> = new Set(['Control', 'Meta', 'Shift', 'Alt', 'AltGraph', 'CapsLock', 'Process', 'Dead', 'Unidentified'])

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent)

/**
 * `event.key`, save where it is no character that a chord can name: on a Mac Alt types another (Alt+C is `ç`, Alt+E is dead),
 * and other scripts have other letters. Then the key is named by its place, as on a US keyboard.
 */
export function keyOf({ key, code = '', altKey }: KeyPress, mac = isMac): string {
  const isOther = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key)
  const byAlt = mac && altKey && (key === 'Dead' || key.length === 1) && !/^[a-z0-9]$/i.test(key)
  return (isOther || byAlt ? /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1]?.toLowerCase() : undefined) ?? key
}

/**
 * The chord of a key press, or null for a modifier alone. Shift is left out where it only chose the character (`?`, `+`):
 * keyboards differ in which key that is.
 */
export function chordOf(press: KeyPress, mac = isMac): string | null {
  const named = keyOf(press, mac)
  if (MODIFIER_KEYS.has(named)) return null
  const key = named === ' ' ? 'space' : named.toLowerCase()
  const chosenByShift = key.length === 1 && !/[a-z0-9]/.test(key)
  const held = {
    mod: mac ? press.metaKey : press.ctrlKey,
    alt: press.altKey,
    shift: press.shiftKey && !chosenByShift,
  }
  return [...MODIFIERS.filter((name) => held[name]), key].join('+')
}

/** The chord with its modifiers in one order, as `chordOf` makes it. */
export function normalChord(chord: string): string {
  const parts = partsOf(chord)
  const key = parts.pop()!
  return [...MODIFIERS.filter((name) => parts.includes(name)), key].join('+')
}

function partsOf(chord: string): string[] {
  const plus = chord.endsWith('+')
  const parts = (plus ? chord.slice(0, -1) : chord).toLowerCase().split('+').filter((part) => part !== '')
  return plus ? [...parts, '+'] : parts
}

const NAMES: Readonly<Record<string, string>> = {
  escape: 'Esc',
  delete: 'Del',
  backspace: '⌫',
  enter: 'Enter',
  tab: 'Tab',
  space: 'Space',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  shift: 'Shift',
}

/** One text per key cap, e.g. `['Ctrl', 'Shift', 'Z']`. */
export function capsOf(chord: string, mac = isMac): string[] {
  const own: Readonly<Record<string, string>> = { ...NAMES, mod: mac ? '⌘' : 'Ctrl', alt: mac ? '⌥' : 'Alt' }
  return partsOf(chord).map((part) => own[part] ?? part.toUpperCase())
}

/** The chord in one text, e.g. `Ctrl+Shift+Z`. */
export function chordText(chord: string, mac = isMac): string {
  return capsOf(chord, mac).join(mac ? '' : '+')
}
