import { describe, expect, it } from 'vitest'
import { openProject } from '../../../../src/renderer/panels/open/opening.ts'
import { windowState } from '../../../../src/renderer/panels/windowState.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { TestEditor } from '../../../helpers/testEditor.ts'

const box = (x: number) => ({ box: { x0: x, y0: 10, x1: x + 10, y1: 20 } })

describe('another project', () => {
  it('is opened only when every edit of this one is stored', async () => {
    const test = await TestEditor.start()
    const stored: number[] = []
    Object.assign(test.editor.api, { 'project.open': () => Promise.resolve(stored.push(test.host.reasons.length)) })
    const { projects } = windowState.getState()
    test.add(box(10))
    test.add(box(30))
    await openProject(test.editor, '/photos/other.marquee')
    expect(stored).toEqual([2])
    expect(windowState.getState().projects).toBe(projects + 1)
  })

  it('that can not be opened leaves the editor as it is', async () => {
    const test = await TestEditor.start()
    Object.assign(test.editor.api, { 'project.open': () => Promise.reject(new AppError('not-found', 'It is gone.')) })
    test.add(box(10))
    await expect(openProject(test.editor, '/photos/other.marquee')).rejects.toThrow('It is gone.')
    test.perform('edit.undo')
    await test.expectStored()
    expect(test.annotations).toEqual([])
  })
})
