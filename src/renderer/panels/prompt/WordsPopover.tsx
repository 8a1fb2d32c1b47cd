/** What the model itself said: its reply, letter by letter, and what was repaired, refused or merged. */
import { Popover } from '@mantine/core'
import { MessageSquareQuote } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PromptAnswer } from '../../../shared/appContract.ts'
import { useWindow, windowState } from '../windowState.ts'
import css from './PromptBar.module.css'

export function WordsPopover({ answers }: { readonly answers: readonly PromptAnswer[] }) {
  const { t } = useTranslation()
  const opened = useWindow(({ wordsPopover }) => wordsPopover)
  const toggle = (wordsPopover: boolean) => windowState.setState({ wordsPopover })
  const notes = answers.reduce((sum, answer) => sum + answer.notes.length, 0)
  return (
    <Popover opened={opened} onChange={toggle} position="bottom-end" width={440} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={css.words} aria-label={t('words.open')} title={t('words.open')} onClick={() => toggle(!opened)}>
          <MessageSquareQuote size={13} aria-hidden /> <span className={css.wordsText}>{t('words.open')}</span>
          {notes > 0 && <span className={css.notes}>{t('words.notes', { count: notes })}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('words.open')}>
        <div className={css.answers} tabIndex={0} role="region" aria-label={t('words.open')}>
          {answers.map((answer) => (
            <Answer key={`${answer.words}=${answer.label}`} {...answer} />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function Answer({ words, label, reply, found, notes }: PromptAnswer) {
  const { t } = useTranslation()
  return (
    <article className={css.answer}>
      <header>
        <strong>{words}</strong>
        {label !== words && <span className="muted">= {label}</span>}
        <span className={`chip ${found > 0 ? 'good' : ''}`}>{t('run.found', { count: found })}</span>
      </header>
      <pre>{reply === '' ? t('words.silent') : reply}</pre>
      {notes.length > 0 && (
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </article>
  )
}
