/** What the window keeps between starts: read once, written through to the host as it changes. */
import { z } from 'zod'
import { createStore } from 'zustand/vanilla'
import { useStore } from 'zustand'
import type { Api } from '../editor/index.ts'
import { PRESET_NAMES, WHEEL_OF_PRESET, WHEELS, type Wheel } from '../keys/presets.ts'

const HISTORY_LENGTH = 50

const schemas = {
  theme: z.enum(['system', 'dark', 'light']),
  language: z.enum(['en', 'zh-CN']),
  preset: z.enum(PRESET_NAMES),
  /** `preset`: as in the tool that the keys are like. */
  wheel: z.enum(['preset', ...WHEELS]),
  /** Rebound keys by command id. */
  keys: z.record(z.string(), z.array(z.string())),
  prompt: z.string(),
  /** Newest first. */
  history: z.array(z.string()),
  grid: z.boolean(),
  minScore: z.number().min(0).max(1),
  runOnArrival: z.boolean(),
  tourDone: z.boolean(),
  /** The notice on the sample images was read. */
  samplesSeen: z.boolean(),
  /** Tools whose hints were closed. */
  hintsClosed: z.array(z.string()),
  /** Details of the selected objects are unfolded. */
  detailsOpen: z.boolean(),
  /** Where the last export of this project went, '' before the first. */
  exportFolder: z.string(),
  /** Words that last found objects of a label, by its id; several are separated by commas. */
  labelPrompts: z.record(z.string(), z.string()),
} as const

export type Settings = { readonly [Key in keyof typeof schemas]: z.infer<(typeof schemas)[Key]> }

const DEFAULTS: Settings = {
  theme: 'system',
  language: 'en',
  preset: 'marquee',
  wheel: 'preset',
  keys: {},
  prompt: '',
  history: [],
  grid: false,
  minScore: 0,
  runOnArrival: false,
  tourDone: false,
  samplesSeen: false,
  hintsClosed: [],
  detailsOpen: false,
  exportFolder: '',
  labelPrompts: {},
}

export const settings = createStore<Settings>()(() => DEFAULTS)

/** What a plain turn of the mouse wheel does. */
export const wheelOf = ({ wheel, preset }: Pick<Settings, 'wheel' | 'preset'>): Wheel => (wheel === 'preset' ? WHEEL_OF_PRESET[preset] : wheel)

export function useSettings<Part>(selector: (value: Settings) => Part): Part {
  return useStore(settings, selector)
}

/** Values that no longer fit are replaced by their defaults, one by one. */
export function readSettings(stored: Readonly<Record<string, unknown>>): Settings {
  const read = Object.entries(schemas).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(stored[`window.${key}`])
    return parsed.success ? [[key, parsed.data] as const] : []
  })
  const language = typeof navigator !== 'undefined' && navigator.language.startsWith('zh') ? 'zh-CN' : DEFAULTS.language
  return { ...DEFAULTS, language, ...(Object.fromEntries(read) as Partial<Settings>) }
}

type Stored = Readonly<Record<string, unknown>>

let reading = false

/** Loads the settings and from then on stores every change; one that can't be stored still holds in this window. Gives all that the host keeps. */
export async function startSettings(api: Api): Promise<Stored> {
  const stored = await loadSettings(api)
  settings.subscribe((now, before) => {
    if (reading) return
    for (const key of Object.keys(schemas) as (keyof Settings)[])
      if (now[key] !== before[key]) api['settings.set']({ key: `window.${key}`, value: now[key] }).catch(() => undefined)
  })
  return stored
}

/** Reads them again, as another project has its own prompt, history and words of labels; nothing is written by it. */
export async function loadSettings(api: Api): Promise<Stored> {
  const stored = await api['settings.get'](null)
  const read = readSettings(stored)
  reading = true
  settings.setState(read, true)
  reading = false
  return stored
}

/** The prompt moves to the front of the history. */
export function rememberPrompt(history: readonly string[], prompt: string): string[] {
  const text = prompt.trim()
  return text === '' ? [...history] : [text, ...history.filter((entry) => entry !== text)].slice(0, HISTORY_LENGTH)
}
