/** Of a deep picture: the window it is seen through, and the stored values under the pointer. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { Editor } from '../editor/editorTypes.ts'
import { widthAndLevel, windowOf } from './sampleWindow.ts'
import styles from './CanvasStage.module.css'

export function SampleReadout({ editor }: { editor: Editor }) {
  const { t } = useTranslation()
  const hasSamples = useStore(editor.store, ({ picture }) => picture.samples !== null)
  // One string, so that only a change of it renders anew.
  const shown = useStore(editor.store, (state) => {
    const window = windowOf(state)
    return window && t('samples.window', widthAndLevel(window))
  })
  const values = useValuesUnderPointer(editor, hasSamples)
  if (!hasSamples) return null
  return (
    <div className={styles.samples} data-testid="samples">
      <span>{shown}</span>
      <output className={styles.values} aria-live="off">{values}</output>
    </div>
  )
}

/** Asks the host for one pixel at a time; where the pointer went on meanwhile, for the last one. */
function useValuesUnderPointer(editor: Editor, isOn: boolean): string {
  const [values, setValues] = useState('')
  useEffect(() => {
    if (!isOn) return undefined
    let isAsking = false
    let isOver = false
    let asked = ''
    const ask = async () => {
      const { cursor, image, frame } = editor.state
      const [x, y] = [Math.floor(cursor?.x ?? -1), Math.floor(cursor?.y ?? -1)]
      const isInside = image !== null && x >= 0 && y >= 0 && x < image.width && y < image.height
      const place = isInside ? [image.id, frame, x, y].join() : ''
      if (isAsking || isOver || place === asked) return
      asked = place
      if (!isInside) {
        setValues('')
        return
      }
      isAsking = true
      const found = await editor.api['images.sampleAt']({ imageId: image.id, frame, x, y }).catch(() => [])
      isAsking = false
      if (isOver) return
      setValues(found.join(' '))
      void ask()
    }
    const unsubscribe = editor.store.subscribe((state, before) => {
      if (state.cursor !== before.cursor || state.image !== before.image || state.frame !== before.frame) void ask()
    })
    return () => {
      isOver = true
      unsubscribe()
    }
  }, [editor, isOn])
  return values
}
