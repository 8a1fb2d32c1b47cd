/** Label names that differ only in case, spaces, plural or one letter. */

/** The first of `names` that `name` nearly is, or null; equal names are not "nearly". */
export function likeName(name: string, names: Iterable<string>): string | null {
  for (const other of names) if (other !== name && isLike(plain(name), plain(other))) return other
  return null
}

function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/[\s_.-]+/g, '')
}

function isLike(a: string, b: string): boolean {
  if (a === b || `${a}s` === b || a === `${b}s`) return true
  return Math.min(a.length, b.length) >= 5 && differInOne(a, b)
}

/** One letter put in, left out or replaced; numbers make names different. */
function differInOne(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a.replace(/\D+/g, ' ').trim() !== b.replace(/\D+/g, ' ').trim()) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const longer = a.length >= b.length ? a : b
  const shorter = longer === a ? b : a
  return longer.slice(start + 1) === shorter.slice(a.length === b.length ? start + 1 : start)
}
