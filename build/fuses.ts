/** The fuses of Electron's program: switches in the binary that no argument or environment can turn (@electron/fuses). */

/** Stands before them in the program; then come their version, 1, how many there are, and a digit for each. */
export const FUSE_MARK = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
export const FUSES_AS_SHIPPED = '10110001'

/** RunAsNode, cookie encryption, NODE_OPTIONS, --inspect, asar integrity, only app.asar, browser snapshot, file:// privileges. */
export const FUSES_WANTED = '01001100'

/** The fuses of a program in the order above, '1' where one is on. */
export function fusesOf(program: Buffer): string {
  const at = program.indexOf(FUSE_MARK) + FUSE_MARK.length
  return program.subarray(at + 2, at + 2 + program[at + 1]!).toString()
}
