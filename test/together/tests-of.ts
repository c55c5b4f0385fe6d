/** ava's `test` for one of the files that run in one process: its titles begin with the file, so that a failure names it. */

import test, { type Implementation, type MacroFn } from 'ava'

type Declare = <Args extends unknown[]>(title: string, run: Implementation<Args>, ...args: Args) => void
type Hook = (run: Implementation<[]>) => void

/** What such a file may use of ava. Hooks of each test are not among it: they would run for the tests of other files. */
export interface Tests extends Declare {
  readonly serial: Declare
  readonly macro: MacroFn<unknown>
  readonly before: Hook
  readonly after: { readonly always: Hook }
}

/** `isSerial`: all of them run one by one, whatever they say. */
export function testsOf(file: string, isSerial: boolean): Tests {
  const titled = (title: string) => `${file} › ${title}`
  const concurrent: Declare = (title, run, ...args) => (isSerial ? test.serial : test)(titled(title), run, ...args)
  const serial: Declare = (title, run, ...args) => test.serial(titled(title), run, ...args)
  return Object.assign(concurrent, {
    serial,
    macro: test.macro,
    before: (run: Implementation<[]>) => (isSerial ? test.serial : test).before(run),
    after: { always: (run: Implementation<[]>) => test.after.always(run) },
  })
}
