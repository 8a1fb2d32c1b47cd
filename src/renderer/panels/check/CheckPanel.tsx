/** What usually is a mistake, in place of the right column: one key goes to the next, one mends it and goes on. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { RefreshCw, X } from 'lucide-react'
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useEditor } from '../../editor/index.ts'
import { Chord, IconButton, Keys } from '../parts.tsx'
import { useSayProblem } from '../useSayProblem.ts'
import { CheckRow, type RowOf } from './CheckRow.tsx'
import { checkState, closeCheck, followUndo, mendFinding, mergeOf, openCheck, showFinding, stepFinding, type CheckState } from './checkWork.ts'
import { JobBar } from '../datasets/JobBar.tsx'
import css from './Check.module.css'

/** Of a row until it is measured: what a finding says takes as many lines as it needs. */
const HEIGHTS = { rule: 34, finding: 46 } as const

export function CheckPanel() {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const state = useStore(checkState)
  const { progress, findings, total, error } = state
  useEffect(() => followUndo(editor), [editor])
  // Another project has other findings.
  useEffect(() => closeCheck, [editor])
  const close = () => {
    closeCheck()
    document.querySelector<HTMLElement>('[data-testid="canvas"]')?.focus()
  }
  return (
    <section
      className={css.panel}
      aria-label={t('check.title')}
      data-panel
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return
        const act = { Escape: close, f: () => void mendFinding(editor) }[event.key.length === 1 ? event.key.toLowerCase() : event.key]
        if (!act) return
        event.preventDefault()
        act()
      }}
    >
      <div className={css.heading}>
        <h2>{t('check.title')}</h2>
        <IconButton label={t('check.again')} icon={<RefreshCw size={14} aria-hidden />} disabled={progress !== null} onClick={() => openCheck(editor)} />
        <IconButton label={t('close')} icon={<X size={15} aria-hidden />} onClick={close} />
      </div>
      {progress !== null && (
        <div className={css.progress}>
          <JobBar title={t('check.title')} done={progress.done} total={progress.total} />
        </div>
      )}
      {error !== null && <p className={`message bad ${css.error!}`} role="alert">{say(error)}</p>}
      {progress === null && error === null && findings.length === 0 && <p className={css.none} role="status">{t('check.nothing')}</p>}
      {findings.length > 0 && <Findings state={state} />}
      {total > findings.length && <p className={css.none}>{t('check.first', { count: findings.length, total })}</p>}
      {findings.length > 0 && <Actions state={state} />}
    </section>
  )
}

function rowsOf({ rules, findings }: CheckState): RowOf[] {
  return rules.flatMap((rule) => {
    const own = findings.flatMap((finding, at) => (finding.rule === rule.id ? [{ finding, at }] : []))
    return own.length === 0 ? [] : [{ rule, count: own.length }, ...own]
  })
}

function Findings({ state }: { readonly state: CheckState }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const { at, rules, findings } = state
  const rows = useMemo(() => rowsOf({ rules, findings } as CheckState), [rules, findings])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ('rule' in rows[index]! ? HEIGHTS.rule : HEIGHTS.finding),
    overscan: 8,
  })
  useEffect(() => scroller.current?.focus(), [])
  const shown = rows.findIndex((row) => 'at' in row && row.at === at)
  useEffect(() => {
    if (shown >= 0) virtual.scrollToIndex(shown)
  }, [shown, virtual])
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const act = keyActs[event.key]
    if (!act) return
    event.preventDefault()
    void act(editor)
  }
  return (
    <div
      ref={scroller}
      className={css.list}
      role="listbox"
      tabIndex={0}
      aria-label={t('check.findings')}
      aria-activedescendant={at >= 0 ? `finding-${String(at)}` : undefined}
      onKeyDown={press}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div key={index} ref={virtual.measureElement} data-index={index} role="presentation" className={css.place} style={{ top: start }}>
            <CheckRow row={rows[index]!} shown={at} mended={state.mended} onShow={(to) => void showFinding(editor, to)} />
          </div>
        ))}
      </div>
    </div>
  )
}

/** Enter shows the finding, as nothing but a first key press leaves one unshown, and mends what is shown. */
const keyActs: Readonly<Record<string, (editor: ReturnType<typeof useEditor>) => Promise<void>>> = {
  ArrowDown: (editor) => stepFinding(editor, 1),
  ArrowUp: (editor) => stepFinding(editor, -1),
  Enter: mendFinding,
}

function Actions({ state }: { readonly state: CheckState }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const { at, findings, mended, rules } = state
  const finding = findings[at]
  const rule = rules.find(({ id }) => id === finding?.rule)
  const merge = finding && finding.like !== null ? mergeOf(finding, editor.state) : null
  const fix =
    merge !== null
      ? t('check.merge', { from: merge.from.name, into: merge.into.name })
      : rule && rule.fixName !== null
        ? t(`check.fix.${rule.id}`, { defaultValue: rule.fixName })
        : null
  return (
    <div className={css.foot}>
      <p className="muted" role="status">
        {at < 0 ? t('check.count', { count: findings.length }) : t('check.position', { at: at + 1, count: findings.length, mended: mended.size })}
      </p>
      <div className={css.buttons}>
        {fix !== null && !mended.has(at) && (
          <button type="button" className="button primary" title={fix} onClick={() => void mendFinding(editor)}>
            <span className="ellipsis">{fix}</span> <Chord chord="f" />
          </button>
        )}
        <button type="button" className="button" onClick={() => void stepFinding(editor, 1)}>
          {t('check.next')} <Keys of="file.nextFinding" />
        </button>
      </div>
    </div>
  )
}
