/** The mutants that a campaign has killed, once more: whether the suites derived of the specification kill them too. */
import type { NfCampaign, Progress } from './campaign.js'
import type { SuiteTask } from './messages.js'
import type { Kill, Outcome } from './outcome.js'
import { judgeAll } from './pool.js'
import type { SuiteOutcome } from './suite-outcome.js'
import { configOf, type DerivedSuite, Suites } from './suites.js'

export interface ByConformOptions {
  readonly seed: number
  readonly workers: number
  /** Seconds of loading, the original's own run of each suite included. */
  readonly patience: number
  /** Where suites are written. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** What a campaign has killed, and what became of it in suites. */
export interface KilledMutant {
  readonly outcome: Outcome & { readonly kill: Kill }
  /** Undefined where it was not run. */
  readonly bySuite: SuiteOutcome | undefined
}

export interface NfByConform {
  readonly campaign: NfCampaign
  readonly suites: readonly DerivedSuite[]
  readonly killed: readonly KilledMutant[]
}

const worker = new URL('./suite-worker.js', import.meta.url)
/** More than a case is given by itself; nf_init has no other limit. */
const HANG = 30

export async function killBySuites(
  found: readonly NfCampaign[],
  options: ByConformOptions,
): Promise<readonly NfByConform[]> {
  const { signal, onProgress } = options
  const killed = found.map((campaign) => ({ campaign, mutants: campaign.outcomes.filter(isKilled) }))
  const all = killed.reduce((sum, { mutants }) => sum + mutants.length, 0)
  let done = 0
  const progress = (what: string): void => onProgress({ done, all, what })
  const derived = new Map<string, Suites>()
  const tasks: SuiteTask[] = []
  for (const { campaign, mutants } of killed) {
    const { nf } = campaign
    const suites = new Suites(nf, { ...options, onProgress: progress })
    derived.set(nf, suites)
    for (const { number, kill } of mutants) {
      if (signal.aborted) break
      const plain = await suites.of([])
      const config = configOf(nf, kill)
      const folders = [plain, ...(config.length === 0 ? [] : [await suites.of(config)])].map(({ folder }) => folder)
      tasks.push({ nf, number, suites: folders })
    }
  }
  const outcomes = new Map<string, SuiteOutcome>()
  await judgeBySuites(tasks, {
    ...options,
    onOutcome: (outcome) => {
      outcomes.set(nameOf(outcome), outcome)
      done += 1
    },
    onStage: ({ nf, number }, stage) => progress(`${nf} ${number}: ${stage}`),
  })
  return killed.map(({ campaign, mutants }) => ({
    campaign,
    suites: derived.get(campaign.nf)?.all ?? [],
    killed: mutants.map((outcome) => ({ outcome, bySuite: outcomes.get(nameOf(outcome)) })),
  }))
}

export interface SuiteRunOptions extends Pick<ByConformOptions, 'workers' | 'patience' | 'folder' | 'signal'> {
  /** Seconds of one case, or of nf_init, after which it counts as one that does not end. */
  readonly hang?: number
  readonly onOutcome: (outcome: SuiteOutcome) => void
  readonly onStage: (task: SuiteTask, stage: string) => void
}

/** Ends when every mutant was run through its suites, or on the signal. */
export async function judgeBySuites(tasks: readonly SuiteTask[], options: SuiteRunOptions): Promise<void> {
  const { workers, patience, folder, signal, hang = HANG, onOutcome, onStage } = options
  await judgeAll<SuiteTask, string, SuiteOutcome>(tasks, {
    worker,
    workers,
    traces: folder,
    signal,
    patienceOf: (stage) => (stage === 'loading' ? patience : hang),
    onReply: (task, reply) => {
      if (reply.kind === 'done') onOutcome(reply.outcome)
      if (reply.kind === 'stage') onStage(task, reply.stage)
    },
    onGivenUp: ({ nf, number, suites }, why, overdue) => {
      if (overdue === undefined || overdue === 'loading') onOutcome({ nf, number, verdict: 'undecided', cause: why })
      else {
        const kill = { suite: suites.join(', '), in: overdue, what: why, isStopped: true }
        onOutcome({ nf, number, verdict: 'killed', kill })
      }
    },
  })
}

function isKilled(outcome: Outcome): outcome is Outcome & { readonly kill: Kill } {
  return outcome.verdict === 'killed'
}

function nameOf({ nf, number }: { readonly nf: string; readonly number: number }): string {
  return `${nf} ${number}`
}
