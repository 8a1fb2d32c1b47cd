/** Which chord starts which command: defaults, then a preset, then what the person chose. */
import { normalChord } from './chord.ts'
import { PRESETS, type Bindings, type PresetName } from './presets.ts'

export interface Keyed {
  readonly id: string
  readonly keys: readonly string[]
}

export interface Keymap {
  /** Chords of a command, the first is the one shown beside it. */
  readonly chords: ReadonlyMap<string, readonly string[]>
  /** Commands a chord starts: more than one is a conflict, the first wins. */
  readonly commands: ReadonlyMap<string, readonly string[]>
}

/** `own` holds rebound keys under the command's id; an empty list is a command without a key. */
export function makeKeymap(commands: readonly Keyed[], preset: PresetName, own: Bindings): Keymap {
  const chords = new Map<string, readonly string[]>()
  const byChord = new Map<string, string[]>()
  for (const { id, keys } of commands) {
    const bound = (own[id] ?? PRESETS[preset][id] ?? keys).map(normalChord)
    chords.set(id, bound)
    for (const chord of bound) byChord.set(chord, [...(byChord.get(chord) ?? []), id])
  }
  return { chords, commands: byChord }
}

/** The other commands that use one of this command's chords. */
export function conflictsOf(keymap: Keymap, id: string): string[] {
  const others = (keymap.chords.get(id) ?? []).flatMap((chord) => keymap.commands.get(chord) ?? [])
  return [...new Set(others)].filter((other) => other !== id)
}
