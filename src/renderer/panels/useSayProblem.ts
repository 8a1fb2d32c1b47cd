/** Messages of the host and the editor in the language of the window. */
import { useCallback } from 'react'
import { sayProblem } from '../i18n/problems.ts'
import { useSettings } from './settings.ts'

export function useSayProblem(): (message: string) => string {
  const language = useSettings((value) => value.language)
  return useCallback((message) => sayProblem(message, language), [language])
}
