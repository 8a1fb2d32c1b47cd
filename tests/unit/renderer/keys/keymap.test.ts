import { describe, expect, it } from 'vitest'
import { capsOf, chordOf, chordText, keyOf, normalChord, type KeyPress } from '../../../../src/renderer/keys/chord.ts'
import { conflictsOf, makeKeymap } from '../../../../src/renderer/keys/keymap.ts'
import { PRESET_NAMES, PRESETS } from '../../../../src/renderer/keys/presets.ts'
import { commands, commandsById } from '../../../../src/renderer/panels/commands.ts'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held })

describe('chords', () => {
  it('name a key press with its modifiers in one order', () => {
    expect(chordOf(press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe('mod+shift+z')
    expect(chordOf(press('z', { metaKey: true }), true)).toBe('mod+z')
    expect(chordOf(press('z', { metaKey: true }), false)).toBe('z')
    expect(chordOf(press('Enter', { shiftKey: true }), false)).toBe('shift+enter')
    expect(chordOf(press(' '), false)).toBe('space')
  })

  it('leave out Shift where it only chose the character', () => {
    expect(chordOf(press('/', { shiftKey: true }), false)).toBe('/')
    expect(chordOf(press('+', { ctrlKey: true, shiftKey: true }), false)).toBe('mod++')
    expect(chordOf(press('1', { shiftKey: true }), false)).toBe('shift+1')
  })

  it('on a Mac are named by the key where Alt types another character', () => {
    expect(chordOf(press('ç', { altKey: true, code: 'KeyC' }), true)).toBe('alt+c')
    expect(chordOf(press('Ç', { altKey: true, shiftKey: true, code: 'KeyC' }), true)).toBe('alt+shift+c')
    expect(chordOf(press('Dead', { altKey: true, code: 'KeyU' }), true)).toBe('alt+u')
    expect(chordOf(press('¡', { altKey: true, code: 'Digit1' }), true)).toBe('alt+1')
    // The letter of the layout, where it is one: AZERTY has A where US keyboards have Q.
    expect(chordOf(press('a', { altKey: true, code: 'KeyQ' }), true)).toBe('alt+a')
    expect(chordOf(press('ArrowLeft', { altKey: true, code: 'ArrowLeft' }), true)).toBe('alt+arrowleft')
    expect(chordOf(press('Dead', { code: 'BracketLeft' }), true)).toBeNull()
    // Elsewhere AltGr types, and means what it types.
    expect(chordOf(press('@', { altKey: true, ctrlKey: true, code: 'KeyQ' }), false)).toBe('mod+alt+@')
  })

  it('are those of the key for letters of other scripts, and ö stays ö', () => {
    expect(chordOf(press('я', { ctrlKey: true, code: 'KeyZ' }), false)).toBe('mod+z')
    expect(keyOf(press('в', { code: 'KeyD' }), false)).toBe('d')
    expect(chordOf(press('ö', { code: 'Semicolon' }), false)).toBe('ö')
  })

  it('are nothing for a modifier alone', () => {
    expect(chordOf(press('Shift', { shiftKey: true }), false)).toBeNull()
  })

  it('are written in any order and compared in one', () => {
    expect(normalChord('shift+mod+z')).toBe('mod+shift+z')
    expect(normalChord('mod++')).toBe('mod++')
    expect(normalChord('+')).toBe('+')
  })

  it('are shown as people know them', () => {
    expect(chordText('mod+shift+z', false)).toBe('Ctrl+Shift+Z')
    expect(chordText('mod+shift+z', true)).toBe('⌘ShiftZ')
    expect(capsOf('mod++', false)).toEqual(['Ctrl', '+'])
    expect(capsOf('delete', false)).toEqual(['Del'])
  })
})

describe('the keymap', () => {
  it('prefers what the person chose to the preset to the default', () => {
    const list = [{ id: 'image.next', keys: ['d'] }, { id: 'image.previous', keys: ['a'] }]
    expect(makeKeymap(list, 'marquee', {}).commands.get('d')).toEqual(['image.next'])
    expect(makeKeymap(list, 'cvat', {}).commands.get('d')).toEqual(['image.previous'])
    expect(makeKeymap(list, 'cvat', { 'image.previous': ['x'] }).commands.get('d')).toBeUndefined()
    expect(makeKeymap(list, 'marquee', { 'image.next': [] }).chords.get('image.next')).toEqual([])
  })

  it('names both sides of a conflict', () => {
    const keymap = makeKeymap([{ id: 'a.one', keys: ['x', 'y'] }, { id: 'a.two', keys: ['y'] }], 'marquee', {})
    expect(conflictsOf(keymap, 'a.one')).toEqual(['a.two'])
    expect(conflictsOf(keymap, 'a.two')).toEqual(['a.one'])
    expect(conflictsOf(keymap, 'a.three')).toEqual([])
  })

  it.each(PRESET_NAMES)('has no conflict in the preset %s, and names only commands that exist', (preset) => {
    const keymap = makeKeymap(commands, preset, {})
    const conflicts = [...keymap.commands].filter(([, ids]) => ids.length > 1)
    expect(conflicts).toEqual([])
    expect(Object.keys(PRESETS[preset]).filter((id) => !commandsById.has(id))).toEqual([])
  })

  it('gives every command one id', () => {
    expect(commandsById.size).toBe(commands.length)
  })
})
