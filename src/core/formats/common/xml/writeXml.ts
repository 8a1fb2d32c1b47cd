/** XML as text. Values may hold anything: what XML can't hold becomes U+FFFD. */

/** One element; `inside`: text (escaped already) or further elements. */
export function xmlElement(tag: string, attributes: Readonly<Record<string, string | number>>, inside = '', indent = ''): string {
  const list = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')
  const isBlock = inside.startsWith('\n')
  return `\n${indent}<${tag}${list}>${inside}${isBlock ? `\n${indent}` : ''}</${tag}>`
}

/** Line breaks and tabs would be read as spaces in attributes. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- these are what XML 1.0 can't hold
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/[\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`)
  )
}
