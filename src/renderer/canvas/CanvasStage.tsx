/** The image with its annotations, and the tools at work on it. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { Editor } from '../editor/editorTypes.ts'
import type { Language } from '../i18n/index.ts'
import { sayProblem } from '../i18n/problems.ts'
import { GAMMA_FILTER } from './imageLayer.ts'
import { SampleReadout } from './SampleReadout.tsx'
import { openStage } from './stage.ts'
import styles from './CanvasStage.module.css'

/** Fills its parent. Colours: --canvas-bg, --accent, --proposal. */
export function CanvasStage({ editor }: { editor: Editor }) {
  const element = useRef<HTMLDivElement>(null)
  const { t } = useTranslation()
  useEffect(() => openStage(element.current!, editor), [editor])
  return (
    <div className={styles.canvas}>
      <div ref={element} className={styles.stage} tabIndex={0} role="application" aria-label={t('canvas.label')} data-testid="canvas" />
      <Problem editor={editor} />
      <SampleReadout editor={editor} />
      <Gamma editor={editor} />
    </div>
  )
}

/** Why an image can't be shown, where it would be. */
function Problem({ editor }: { editor: Editor }) {
  const { i18n } = useTranslation()
  const image = useStore(editor.store, (state) => state.image)
  const unread = useStore(editor.store, ({ picture }) => picture.problem)
  const said = image?.status === 'ok' ? unread : image?.problem
  const problem = said && sayProblem(said, i18n.language as Language)
  if (!image || !problem) return null
  return (
    <p className={styles.problem} role="status">
      {!problem.startsWith(image.path) && (
        <>
          {image.path}
          <br />
        </>
      )}
      {problem}
    </p>
  )
}

/** CSS has no gamma: an SVG filter does it. */
function Gamma({ editor }: { editor: Editor }) {
  const gamma = useStore(editor.store, (state) => state.adjustments.gamma)
  const exponent = 1 / gamma
  return (
    <svg width="0" height="0" aria-hidden="true" className={styles.filters}>
      <filter id={GAMMA_FILTER} colorInterpolationFilters="sRGB">
        <feComponentTransfer>
          <feFuncR type="gamma" exponent={exponent} />
          <feFuncG type="gamma" exponent={exponent} />
          <feFuncB type="gamma" exponent={exponent} />
        </feComponentTransfer>
      </filter>
    </svg>
  )
}
