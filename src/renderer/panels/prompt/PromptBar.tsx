/** Where the person says what to mark, and reads what came of it. */
import { Grid3x3, ImagePlay, Square } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { chordText } from '../../keys/chord.ts'
import { useKeymap } from '../../keys/context.ts'
import { parsePrompts } from './prompts.ts'
import { runPrompt } from './runPrompt.ts'
import { settings, useSettings } from '../settings.ts'
import { PromptInput } from './PromptInput.tsx'
import { RunLine } from './RunLine.tsx'
import { ScoreFilter } from './ScoreFilter.tsx'
import css from './PromptBar.module.css'

export function PromptBar() {
  const { t } = useTranslation()
  return (
    <section aria-label={t('prompt.title')} data-tour="prompt" data-panel>
      <div className={css.row}>
        <PromptInput />
        <Toggles />
        <MarkButton />
      </div>
      <RunLine />
    </section>
  )
}

function Toggles() {
  const { t } = useTranslation()
  const grid = useSettings((value) => value.grid)
  const onArrival = useSettings((value) => value.runOnArrival)
  return (
    <div className={css.toggles}>
      <button type="button" className="chip" aria-pressed={grid} title={t('prompt.gridWhat')} onClick={() => settings.setState({ grid: !grid })}>
        <Grid3x3 size={13} aria-hidden /> {t('prompt.grid')}
      </button>
      <ScoreFilter />
      <button
        type="button"
        className="chip"
        aria-pressed={onArrival}
        title={t('prompt.onArrivalWhat')}
        onClick={() => settings.setState({ runOnArrival: !onArrival })}
      >
        <ImagePlay size={13} aria-hidden /> {t('prompt.onArrival')}
      </button>
    </div>
  )
}

function MarkButton() {
  const { t } = useTranslation()
  const editor = useEditor()
  const busy = useEditorState(({ run }) => run.busy)
  const hasImage = useEditorState(({ image }) => image !== null)
  const empty = useSettings(({ prompt }) => parsePrompts(prompt).length === 0)
  const cancel = useKeymap().chords.get('edit.cancel')?.[0]
  if (busy)
    return (
      <button type="button" className="button danger large" onClick={() => editor.stop()}>
        <Square size={11} fill="currentColor" aria-hidden /> {t('prompt.stop')}
        {cancel !== undefined && <span className={css.enter}>{chordText(cancel)}</span>}
      </button>
    )
  return (
    <button type="button" className="button primary large" disabled={!hasImage || empty} onClick={() => runPrompt(editor)}>
      {t('prompt.mark')} <span className={css.enter}>⏎</span>
    </button>
  )
}
