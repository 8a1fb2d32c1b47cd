/** What an import leaves out, each record with its file, place and reason. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportReport } from '../../../shared/appContract.ts'
import { toWireError } from '../../../shared/errors.ts'
import { useEditor, useEditorState } from '../../editor/index.ts'
import { joinPath } from '../paths.ts'
import { useSayProblem } from '../useSayProblem.ts'
import css from './Datasets.module.css'

export function ImportProblems({ report: { problems, problemCount } }: { readonly report: ImportReport }) {
  const { t } = useTranslation()
  const say = useSayProblem()
  if (problemCount === 0) return null
  const title = t('import.problems', { count: problemCount })
  return (
    <>
      <h3 className={css.heading}>{title}</h3>
      <div className={css.tableBox} tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th>{t('import.file')}</th>
              <th>{t('import.place')}</th>
              <th>{t('import.reason')}</th>
              <th>{t('objects.title')}</th>
            </tr>
          </thead>
          <tbody>
            {problems.map(({ file, place, reason, objects }, n) => (
              <tr key={n}>
                <td className={css.file} title={file}>{file}</td>
                <td className={css.file} title={place}>{place}</td>
                <td>{say(reason)}</td>
                <td className={css.number}>{objects}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problemCount > problems.length && <p className={css.small}>{t('import.first', { count: problems.length })}</p>}
      <SaveProblems />
    </>
  )
}

function SaveProblems() {
  const { t } = useTranslation()
  const editor = useEditor()
  const say = useSayProblem()
  const folder = useEditorState(({ project }) => project?.exportFolder ?? '')
  const [path, setPath] = useState<string | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const file = path ?? joinPath(folder, 'import-problems.csv')
  const save = () => {
    editor.api['imports.saveProblems']({ path: file }).then(
      () => setSaid(t('import.problemsSaved')),
      (error: unknown) => setSaid(say(toWireError(error).message)),
    )
  }
  return (
    <div className={css.actions}>
      <input className="field" aria-label={t('import.csv')} value={file} spellCheck={false} onChange={({ target }) => setPath(target.value)} />
      <button type="button" className="button" onClick={save}>
        {t('import.saveCsv')}
      </button>
      <span role="status" className="muted">{said}</span>
    </div>
  )
}
