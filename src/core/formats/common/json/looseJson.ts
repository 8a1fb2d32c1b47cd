/** JSON as Python's json.dump writes it by default: with NaN and Infinity, which JSON has not. */

export interface LooseJson {
  /** Without the members that hold such a literal; in lists null stands for it. */
  readonly value: unknown
  /** The first such literal; null where all is JSON. */
  readonly literal: string | null
}

/** Strings, which may hold anything, and the literals beside them. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs
/** Half of a surrogate pair: no text of a file holds it. */
const STAND_IN = '\ud800'

/** @throws SyntaxError where it is not JSON with these literals either */
export function parseLoose(text: string): LooseJson {
  try {
    return { value: JSON.parse(text), literal: null }
  } catch (error) {
    return withoutLiterals(text, error)
  }
}

function withoutLiterals(text: string, error: unknown): LooseJson {
  let literal: string | null = null
  const plain = text.replace(TOKENS, (token) => {
    if (token.startsWith('"')) return token
    literal ??= token
    return `"${STAND_IN}"`
  })
  if (literal === null) throw error
  const value: unknown = JSON.parse(plain, function (this: unknown, _key, one: unknown) {
    return one !== STAND_IN ? one : Array.isArray(this) ? null : undefined
  })
  return { value, literal }
}

/** What is said of a record with such a literal that is read all the same. */
export function literalRemark(literal: string): string {
  return `${literal} is not JSON, though Python writes it for what is no finite number; it was read as a missing value`
}

/** The value of "id" in a record that can't be parsed; null where none can be read. */
export function idIn(text: string): string | null {
  return /"id"\s*:\s*("[^"\\]{1,100}"|-?\d{1,30})\s*[,}]/.exec(text)?.[1]?.replaceAll('"', '') ?? null
}
