/** Keys belong to the person's text while one of these has the focus. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'search', 'number', 'url', 'email', 'password', 'tel'])

export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && TEXT_TYPES.has(target.type)
}
