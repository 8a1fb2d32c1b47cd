/** The record without these keys, in its order. */
export function omit(record: Readonly<Record<string, unknown>>, ...keys: readonly string[]): Record<string, unknown> {
  const rest: Record<string, unknown> = {}
  for (const key of Object.keys(record)) if (!keys.includes(key) && key !== '__proto__') rest[key] = record[key]
  return rest
}
