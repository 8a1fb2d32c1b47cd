/** How the picture is shown: never touches the data. */
import { Popover } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState, type Adjustments } from '../../editor/index.ts'
import { useWindow, windowState } from '../windowState.ts'
import css from './ToolColumn.module.css'

const NEUTRAL: Adjustments = { brightness: 1, contrast: 1, gamma: 1, mask: 0.35 }

const SLIDERS: readonly (readonly [keyof Adjustments, number, number])[] = [
  ['brightness', 0.2, 3],
  ['contrast', 0.2, 4],
  ['gamma', 0.2, 4],
  ['mask', 0, 1],
]

export function ViewAdjustments({ icon, className }: { readonly icon: ReactNode; readonly className: string }) {
  const { t } = useTranslation()
  const opened = useWindow(({ viewPopover }) => viewPopover)
  const toggle = (viewPopover: boolean) => windowState.setState({ viewPopover })
  return (
    <Popover opened={opened} onChange={toggle} position="right-end" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={className} aria-label={t('action.window.adjust')} onClick={() => toggle(!opened)}>
          {icon}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('action.window.adjust')}>
        <Sliders />
      </Popover.Dropdown>
    </Popover>
  )
}

function Sliders() {
  const { t } = useTranslation()
  const editor = useEditor()
  const values = useEditorState(({ adjustments }) => adjustments)
  return (
    <div className={css.adjust}>
      {SLIDERS.map(([name, min, max]) => (
        <Fragment key={name}>
          <label htmlFor={`adjust-${name}`}>{t(`adjust.${name}`)}</label>
          <input
            id={`adjust-${name}`}
            className="range"
            type="range"
            min={min}
            max={max}
            step={0.05}
            value={values[name]}
            onChange={({ target }) => editor.setAdjustments({ [name]: Number(target.value) })}
            onDoubleClick={() => editor.setAdjustments({ [name]: NEUTRAL[name] })}
          />
          <output>{Math.round(values[name] * 100)} %</output>
        </Fragment>
      ))}
      <button type="button" className={`button ${css.reset!}`} onClick={() => editor.setAdjustments(NEUTRAL)}>
        {t('adjust.reset')}
      </button>
    </div>
  )
}
