/** Four steps at first start: say it, correct it, look through, take it along. */
import { Tour as MantineTour } from '@mantine/core'
import { useTranslation } from 'react-i18next'
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
  const close = () => {
    windowState.setState({ tour: false })
    settings.setState({ tourDone: true })
    focusPrompt()
  }
  return (
    <MantineTour
      active={active}
      onClose={close}
      defaultStep={0}
      key={String(active)}
      maxWidth={340}
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
