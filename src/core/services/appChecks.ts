/** The check of a project as a window runs it. */
import type { appContract } from '../../shared/appContract.ts'
import type { HandlersOf } from '../../shared/contract.ts'
import type { AppSession } from './appSession.ts'
import { CHECK_RULES, checkProject, fixOf } from './checkProject.ts'
import type { Finding } from './checkProject.ts'

type Handlers = HandlersOf<typeof appContract>

/** Findings that cross to the window; more than that nobody goes through at a time. */
const MOST_FINDINGS = 2000

export function checkHandlers(session: AppSession): Pick<Handlers, 'checks.run' | 'checks.fix'> {
  return {
    'checks.run': (_, { signal, report }) =>
      session.during('checking', async (project) => {
        const total = project.images.count()
        const findings: Finding[] = []
        let found = 0
        const onImage = (done: number) => {
          report({ done, total })
        }
        for await (const finding of checkProject(project, null, { signal, onImage })) if (++found <= MOST_FINDINGS) findings.push(finding)
        return {
          rules: CHECK_RULES.map((rule) => ({ ...rule })),
          findings: findings.map((finding) => ({ ...finding, annotationIds: [...finding.annotationIds] })),
          total: found,
        }
      }),
    'checks.fix': (finding) => Promise.resolve(fixOf(session.project, finding)?.changes ?? null),
  }
}
