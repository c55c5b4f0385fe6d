/**
 * The process of one network function: gets its task as the first message, says what it is about, and at the end what
 * came of it. It ends by itself where whoever started it is gone.
 */
import { endWithParent } from '../../end-with-parent.js'
import { forgetZ3Ahead, startZ3Ahead } from '../../smt/z3-thread.js'
import { runForSeconds } from '../../wasm-tiers.js'
import type { Message, Task } from './task.js'

runForSeconds()
startZ3Ahead()
const loading = import('./verify-nf.js')
endWithParent('group')

function say(message: Message, then?: () => void): void {
  process.send?.(message, undefined, undefined, then)
}

process.once('message', async (task: Task) => {
  if (task.solvers !== undefined && !task.solvers.includes('z3-embedded')) await forgetZ3Ahead()
  const { verifyNf } = await loading
  const result = await verifyNf(task, (what) => say({ kind: 'progress', what }))
  say({ kind: 'done', result }, () => process.exit())
})
