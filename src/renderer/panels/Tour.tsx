/** Four steps: say it, correct it, look through, take it along. Enter goes on, Esc ends it; Help shows it again from the start. */
import { Tour as MantineTour } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { afterFocusReturn } from './parts.tsx'
import { settings } from './settings.ts'
import { focusPrompt, useWindow, windowState } from './windowState.ts'

const STEPS = [
  ['prompt', 'bottom'],
  ['tools', 'right'],
  ['objects', 'left'],
  ['files', 'left'],
] as const

export function Tour() {
  const { t } = useTranslation()
  const active = useWindow(({ tour }) => tour)
  const [step, setStep] = useState(0)
  const close = () => {
    windowState.setState({ tour: false })
    settings.setState({ tourDone: true })
    afterFocusReturn(focusPrompt)
  }
  useEffect(() => (active ? setStep(0) : undefined), [active])
  useEffect(() => {
    const next = () => (step + 1 < STEPS.length ? setStep(step + 1) : close())
    return active ? onKeys({ Enter: next, Escape: close }) : undefined
  }, [active, step])
  return (
    <MantineTour
      active={active}
      onClose={close}
      step={step}
      onStepChange={setStep}
      maxWidth={340}
      closeOnEscape={false}
      labels={{
        skip: t('tour.skip'),
        back: t('tour.back'),
        next: t('tour.next'),
        close: t('tour.finish'),
        stepCounter: (at, total) => t('tour.counter', { at, total }),
      }}
    >
      {STEPS.map(([name, position]) => (
        <MantineTour.Step key={name} target={`[data-tour="${name}"]`} position={position} title={t(`tour.${name}.title`)}>
          {t(`tour.${name}.text`)}
        </MantineTour.Step>
      ))}
    </MantineTour>
  )
}

/**
 * The focus is on the step's text: Enter there goes on; buttons answer for themselves. These keys reach nobody else, as
 * Esc would discard proposals next. Returns what ends it.
 */
function onKeys(actions: Readonly<Record<'Enter' | 'Escape', () => void>>): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.isComposing || (event.key !== 'Escape' && event.key !== 'Enter')) return
    if (event.key === 'Enter' && event.target instanceof HTMLButtonElement) return
    event.preventDefault()
    event.stopPropagation()
    actions[event.key]()
  }
  window.addEventListener('keydown', press, { capture: true })
  return () => window.removeEventListener('keydown', press, { capture: true })
}
