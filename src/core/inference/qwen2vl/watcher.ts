/** Reads along while a reply is written: tells each box as it is complete, and when to stop. */
import type { GroundedBox } from '../seams.ts'
import { parseReply, type ReplyFrame } from './parse.ts'

/** The longest stretch of tokens looked at as one turn of a loop; a box with its label in JSON is about 40. */
const LONGEST_LOOP = 64
/** How many tokens must repeat before a loop is one, however short its turn ("000" and ")),))" are not). */
const SHORTEST_REPEAT = 24

/** A reply whose end repeats itself: three turns of the same tokens, and at least SHORTEST_REPEAT of them. */
export class LoopDetector {
  readonly #tokens: number[] = []
  /** By length of turn: how many of the last tokens equal the one a turn earlier. */
  readonly #runs = new Array<number>(LONGEST_LOOP + 1).fill(0)

  add(token: number): boolean {
    this.#tokens.push(token)
    let looping = false
    for (let turn = 1; turn <= LONGEST_LOOP; turn++) {
      const run = this.#tokens.at(-1 - turn) === token ? this.#runs[turn]! + 1 : 0
      this.#runs[turn] = run
      looping ||= run >= Math.max(2 * turn, SHORTEST_REPEAT)
    }
    return looping
  }
}

export interface WatcherOptions {
  readonly decode: (tokens: readonly number[]) => string
  readonly frame: ReplyFrame
  readonly maxBoxes: number
  readonly onBox?: ((box: GroundedBox) => void) | undefined
}

export class ReplyWatcher {
  readonly #options: WatcherOptions
  readonly #tokens: number[] = []
  readonly #loops = new LoopDetector()
  #found = 0

  constructor(options: WatcherOptions) {
    this.#options = options
  }

  /** The judge of decodeGreedily. */
  judge(token: number): 'box-limit' | 'repetition' | null {
    if (this.#found >= this.#options.maxBoxes) return 'box-limit'
    this.#tokens.push(token)
    // A box can only become complete with a closing bracket or a closing token.
    if (/[)\]}>]/.test(this.#options.decode([token]))) this.#tell()
    return this.#loops.add(token) ? 'repetition' : null
  }

  #tell(): void {
    const { boxes } = parseReply(this.#options.decode(this.#tokens), this.#options.frame, { complete: false })
    for (const box of boxes.slice(this.#found)) this.#options.onBox?.(box)
    this.#found = Math.max(this.#found, boxes.length)
  }
}
