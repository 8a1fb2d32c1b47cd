/** Small pieces that several panels use. */
import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { capsOf, chordText } from '../keys/chord.ts'
import { useKeymap } from '../keys/context.ts'

/** The first key of a command as key caps; nothing when it has none. */
export function Keys({ of }: { readonly of: string }) {
  const chord = useKeymap().chords.get(of)?.[0]
  return chord === undefined ? null : <Chord chord={chord} />
}

export function Chord({ chord }: { readonly chord: string }) {
  return (
    <span style={{ display: 'inline-flex', gap: 2 }}>
      {capsOf(chord).map((cap) => (
        <kbd className="cap" key={cap}>
          {cap}
        </kbd>
      ))}
    </span>
  )
}

interface IconButtonProps {
  readonly label: string
  readonly icon: ReactNode
  readonly onClick: () => void
  readonly pressed?: boolean
  readonly disabled?: boolean
  /** The command whose key the tooltip shows. */
  readonly command?: string
  readonly className?: string
}

export function IconButton({ label, icon, onClick, pressed, disabled, command, className = '' }: IconButtonProps) {
  const chord = useKeymap().chords.get(command ?? '')?.[0]
  return (
    <Tooltip label={chord === undefined ? label : `${label}  ${chordText(chord)}`}>
      <button
        type="button"
        className={`icon-button ${className}`}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={onClick}
      >
        {icon}
      </button>
    </Tooltip>
  )
}

/** Mantine gives the focus back 10 ms after a menu or a tour has closed: what takes the focus instead has to wait for that. */
export function afterFocusReturn(then: () => void): void {
  setTimeout(then, 30)
}
