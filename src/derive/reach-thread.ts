/** The thread that `ReachBeside` starts: shows what of the targets cannot be met, with terms and a solver of its own. */
import { parentPort, workerData } from 'node:worker_threads'

import { keepCompiledZ3, openSyncSolver, Terms } from '../smt/index.js'
import { Conditions } from './conditions.js'
import { Reachability } from './reach.js'
import { type Asked, type ReachInput, type ReachReply, replyOf } from './reach-beside.js'
import { Reference } from './reference.js'
import { loadSpecSubject } from './subject.js'

const { nf, config, candidates, code }: ReachInput = workerData
keepCompiledZ3(code)

async function explored(): Promise<Reachability | undefined> {
  const [subject, solver] = await Promise.all([
    loadSpecSubject(nf, config),
    openSyncSolver({ backends: ['z3-embedded'] }),
  ])
  const reference = new Reference(subject.reading, new Conditions(subject.specFile), new Terms())
  return Reachability.ofReached(reference, solver, candidates)
}

const reach = explored()
// What goes wrong ends the thread, which is heard.
parentPort?.on('message', async (asked: Asked) => {
  const found = await reach
  const reply: ReachReply = found === undefined ? 'nothing more' : replyOf(found, asked)
  parentPort?.postMessage(reply)
})
