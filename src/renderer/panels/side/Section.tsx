import type { ReactNode } from 'react'
import css from './Side.module.css'

interface SectionProps {
  readonly title: string
  readonly aside?: ReactNode
  readonly className?: string | undefined
  readonly tour?: string
  readonly children: ReactNode
}

/** One part of the right column with its heading. */
export function Section({ title, aside, className = '', tour, children }: SectionProps) {
  return (
    <section className={`${css.section!} ${className}`} aria-label={title} data-tour={tour} data-panel>
      <div className={css.heading}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
