import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { closeDialog } from '../windowState.ts'

interface DialogProps {
  readonly title: string
  readonly size?: number
  /** While true the dialog can't be closed by Esc or a click beside it: something runs that must be stopped first. */
  readonly busy?: boolean
  /** Where it leads back to, instead of to the window. */
  readonly onClose?: () => void
  readonly children: ReactNode
}

/** The frame of every dialog. Focus goes in, stays in, and returns where it was. */
export function Dialog({ title, size = 480, busy = false, onClose = closeDialog, children }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      closeOnEscape={!busy}
      closeOnClickOutside={!busy}
      withCloseButton={!busy}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {children}
    </Modal>
  )
}
