/** CPU time of short work on a machine that may be busy with other things. */

const ROUNDS = 5
const ROUND_MS = 120

/** CPU milliseconds this process has used, all threads: the garbage collector and the compiler count. */
function used(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** CPU milliseconds a call takes: the mean of a round of calls, the least of five rounds, after rounds that warm up. */
export function cpuMs(call: () => unknown): number {
  let least = Infinity
  for (let round = -2; round < ROUNDS; round++) {
    const start = used()
    let calls = 0
    let spent = 0
    for (; spent < ROUND_MS; spent = used() - start, calls++) call()
    if (round >= 0) least = Math.min(least, spent / calls)
  }
  return least
}
