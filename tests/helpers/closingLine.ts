/** Ends a test run with one plain line, e.g. `412 passed, 0 failed, 3 skipped`, and names what was skipped, or passed only at a second try. */
import type { Reporter, TestModule } from 'vitest/node'

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    const skipped: string[] = []
    const unsteady: string[] = []
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (test.diagnostic()?.flaky) unsteady.push(test.fullName)
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
        else skipped.push(test.fullName)
      }
    }
    // After vitest's own summary, which is printed in the same hook.
    process.on('exit', () => {
      for (const name of unsteady) console.log(`at the second try: ${name}`)
      for (const name of skipped) console.log(`skipped: ${name}`)
      console.log(`${String(passed)} passed, ${String(failed)} failed, ${String(skipped.length)} skipped`)
    })
  }
}
