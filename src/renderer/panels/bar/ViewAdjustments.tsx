/** How the picture is shown: never touches the data. */
import { Popover } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor, useEditorState, type Adjustments } from '../../editor/index.ts'
import { widthAndLevel, windowAt, windowOf } from '../../canvas/sampleWindow.ts'
import { useWindow, windowState } from '../windowState.ts'
import css from './ToolColumn.module.css'

const NEUTRAL: Adjustments = { brightness: 1, contrast: 1, gamma: 1, mask: 0.35, window: 'range' }

const SLIDERS: readonly (readonly [Exclude<keyof Adjustments, 'window'>, number, number])[] = [
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
      <SampleWindows />
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

const BITS = [8, 10, 12, 14, 16] as const

/** Of a deep picture: through which stored values it is seen. */
function SampleWindows() {
  const { t } = useTranslation()
  const editor = useEditor()
  const samples = useEditorState(({ picture }) => picture.samples)
  const chosen = useEditorState(({ adjustments }) => adjustments.window)
  if (!samples) return null
  const own = typeof chosen === 'object' ? chosen : null
  const bits = own?.low === 0 ? BITS.find((count) => own.high === 2 ** count - 1) : undefined
  const value = bits ? String(bits) : own ? 'own' : String(chosen)
  const choose = (name: string) => {
    const window = name === 'range' || name === 'percentiles' ? name : { low: 0, high: 2 ** Number(name) - 1 }
    editor.setAdjustments({ window })
  }
  return (
    <>
      <label htmlFor="adjust-window">{t('samples.title')}</label>
      <select id="adjust-window" className={`field ${css.window!}`} value={value} onChange={({ target }) => choose(target.value)}>
        <option value="range">{t('samples.range', samples.range)}</option>
        <option value="percentiles">{t('samples.percentiles', samples.percentiles)}</option>
        {BITS.map((count) => (
          <option key={count} value={count}>
            {t(count === samples.bits ? 'samples.full' : 'samples.bits', { bits: count, high: 2 ** count - 1 })}
          </option>
        ))}
        {own && !bits && <option value="own">{t('samples.own', own)}</option>}
      </select>
      <WindowSlider name="width" min={1} />
      <WindowSlider name="level" min={0} />
      <p className={css.note}>{t('samples.hint')}</p>
    </>
  )
}

/** The window by keyboard, and to the value. */
function WindowSlider({ name, min }: { readonly name: 'width' | 'level'; readonly min: number }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const max = useEditorState(({ picture }) => picture.samples?.range.high ?? 1)
  const shown = useEditorState(windowOf)
  if (!shown) return null
  const is = widthAndLevel(shown)
  const set = (value: number) => {
    editor.setAdjustments({ window: name === 'width' ? windowAt(value, is.level) : windowAt(is.width, value) })
  }
  return (
    <>
      <label htmlFor={`adjust-${name}`}>{t(`samples.${name}`)}</label>
      <input
        id={`adjust-${name}`}
        className="range"
        type="range"
        min={min}
        max={Math.max(max, is[name])}
        value={is[name]}
        onChange={({ target }) => set(Number(target.value))}
      />
      <output>{is[name]}</output>
    </>
  )
}
