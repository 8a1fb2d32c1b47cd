/** One model: chosen, or on its way here, with all that can be done to it. */
import { Menu } from '@mantine/core'
import { Download, EllipsisVertical } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { ModelRow } from '../../../shared/appContract.ts'
import { useEditor } from '../../editor/index.ts'
import { bytesText, forget, install, installs, type Install } from './installs.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from './Models.module.css'

/** What removing means, by state. */
const REMOVES: Readonly<Partial<Record<ModelRow['state'], string>>> = {
  installed: 'models.remove',
  partial: 'models.removePartial',
  folder: 'models.forget',
  gone: 'models.forget',
}

const USABLE: ReadonlySet<ModelRow['state']> = new Set(['shipped', 'installed', 'folder'])

interface ModelItemProps {
  readonly row: ModelRow
  readonly chosen: boolean
  readonly onChoose: () => void
  /** Runs what may fail; the dialog says why it did. */
  readonly attempt: (work: () => Promise<unknown>) => Promise<void>
}

export function ModelItem({ row, chosen, onChoose, attempt }: ModelItemProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const [note, setNote] = useState<string | null>(null)
  const running = useStore(installs, (all) => all[row.id])
  const usable = USABLE.has(row.state)
  const isPartial = row.state === 'partial'
  return (
    <div className={css.model} data-active={chosen}>
      <div className={css.top}>
        <label className={css.choice} data-disabled={!usable}>
          <input type="radio" name={row.kind} checked={chosen} disabled={!usable} onChange={onChoose} />
          <span className={css.name}>
            <span>
              {row.name} {row.demo && <span className="chip warn">{t('models.demo')}</span>}
            </span>
            <span className={css.about}>{row.about}</span>
          </span>
        </label>
        {(row.state === 'available' || isPartial) && !running && !asking && (
          <button type="button" className="button" aria-label={t(isPartial ? 'models.resume' : 'models.install', { name: row.name })} onClick={() => setAsking(true)}>
            <Download size={14} aria-hidden /> {t(isPartial ? 'models.resumeShort' : 'models.installShort')}
          </button>
        )}
        {row.state === 'gone' && <span className="chip bad">{t('models.gone')}</span>}
        {!running && <More row={row} attempt={attempt} onNote={setNote} />}
      </div>
      {asking && <Consent row={row} onDone={() => setAsking(false)} />}
      {running && <Running row={row} running={running} />}
      {note !== null && <p className={css.note} role="status">{note}</p>}
    </div>
  )
}

/** What comes from where before anything comes: the only place a download begins. */
function Consent({ row, onDone }: { readonly row: ModelRow; readonly onDone: () => void }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const missing = bytesText(row.size - row.received)
  return (
    <div className={css.consent}>
      <p>{t('models.consent', { size: missing, from: row.from, into: row.into, licence: row.licence })}</p>
      <span className={css.actions}>
        <button type="button" className="button" onClick={onDone}>
          {t('cancel')}
        </button>
        <button
          type="button"
          className="button primary"
          autoFocus
          onClick={() => {
            onDone()
            void install(editor, row)
          }}
        >
          {t('models.download', { size: missing })}
        </button>
      </span>
    </div>
  )
}

function Running({ row, running }: { readonly row: ModelRow; readonly running: Install }) {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const { received, total, stage, error, stop } = running
  const percent = total === 0 ? 0 : Math.min(100, Math.round((received / total) * 100))
  if (error !== null)
    return (
      <div className={css.consent}>
        <p className={`message bad ${css.error!}`} role="alert">{say(error)}</p>
        <span className={css.actions}>
          <button type="button" className="button" onClick={() => forget(row.id)}>
            {t('close')}
          </button>
          <button type="button" className="button" onClick={() => void install(editor, row)}>
            {t('models.again')}
          </button>
        </span>
      </div>
    )
  return (
    <div className={css.running}>
      <span className="bar" role="progressbar" aria-label={t('models.install', { name: row.name })} aria-valuenow={percent}>
        <div style={{ width: `${String(percent)}%` }} />
      </span>
      <span className="muted">
        {t(`models.stage.${stage}`)} · {t('models.progress', { received: bytesText(received), total: bytesText(total) })}
      </span>
      <button type="button" className="button" title={t('models.stopWhat')} onClick={stop}>
        {t('prompt.stop')}
      </button>
    </div>
  )
}

interface MoreProps extends Pick<ModelItemProps, 'row' | 'attempt'> {
  readonly onNote: (text: string | null) => void
}

function More({ row, attempt, onNote }: MoreProps) {
  const { t } = useTranslation()
  const { api } = useEditor()
  const removes = REMOVES[row.state]
  const verify = () =>
    attempt(async () => {
      onNote(t('models.verifying'))
      const { ok, files, damaged } = await api['models.verify']({ id: row.id }).finally(() => onNote(null))
      onNote(ok ? t('models.verified', { count: files }) : t('models.damaged', { files: damaged.join(', ') }))
    })
  const remove = () =>
    attempt(async () => {
      onNote(null)
      await api['models.remove']({ id: row.id })
    })
  if (removes === undefined) return null
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <button type="button" className="icon-button" aria-label={t('models.more', { name: row.name })}>
          <EllipsisVertical size={15} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {row.state === 'installed' && <Menu.Item onClick={() => void verify()}>{t('models.verify')}</Menu.Item>}
        <Menu.Item color="var(--bad-text)" onClick={() => void remove()}>
          {t(removes)}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
