/** Ctrl-C and SIGTERM end a run early but in order: what was judged so far is reported. A second one ends at once. */

const signals = ['SIGINT', 'SIGTERM'] as const

export interface Interruption {
  readonly signal: AbortSignal
  /** Signals have their usual effect again. */
  release(): void
}

export function interruption(): Interruption {
  const controller = new AbortController()
  const release = () => {
    for (const name of signals) process.removeListener(name, onSignal)
  }
  const onSignal = () => {
    release()
    controller.abort()
  }
  for (const name of signals) process.on(name, onSignal)
  return { signal: controller.signal, release }
}
