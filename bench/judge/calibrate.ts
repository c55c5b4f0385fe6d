/** Milliseconds of CPU time for a fixed loop of integer work: tells a slow machine from slow code. */
export function calibrate(): number {
  const before = process.cpuUsage()
  let state = 1
  for (let i = 0; i < 200_000_000; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  const { user, system } = process.cpuUsage(before)
  // Never zero: uses the result, so that the loop is not removed.
  return (user + system) / 1e3 + (state === 0 ? 1 : 0)
}
