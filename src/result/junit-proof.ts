/**
 * The cases of a proof: one for each kind of guarantee (an error where it is undecided), one for each counterexample,
 * one for each property.
 */
import { counterexampleText } from './counterexample-text.js'
import { placeText } from './place-text.js'
import type { Counterexample, PassedOverProperty, ProofCause, VerifiedNf, VerifiedProperty } from './verified.js'

export interface Case {
  readonly name: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message?: string
  /** Of a failure. */
  readonly type?: string
  readonly text?: string
}

export function proofCases(nf: VerifiedNf): readonly Case[] {
  return [
    ...guaranteeCases(nf),
    ...nf.causes.filter(({ guarantee }) => guarantee === undefined).map(causeCase),
    ...nf.counterexamples.map((found) => counterexampleCase(found.guarantee, found)),
    ...nf.properties.flatMap(propertyCases),
    ...(nf.passedOver ?? []).map(passedOverCase),
  ]
}

function guaranteeCases({ guarantees, causes }: VerifiedNf): readonly Case[] {
  return guarantees.map(({ guarantee, obligations, failed }): Case => {
    const name = `guarantee: ${guarantee}`
    const open = causes.filter((cause) => cause.guarantee === guarantee)
    const text = [`${obligations} obligations`, ...open.map(causeText)].join('\n')
    if (failed === 0 && open.length === 0) return { name, outcome: 'passed', text }
    return { name, outcome: 'error', message: open[0]?.what ?? `${failed} obligations are not proved`, text }
  })
}

function causeCase(cause: ProofCause): Case {
  return { name: 'every path is followed', outcome: 'error', message: cause.what, text: causeText(cause) }
}

function causeText({ what, place, paths }: ProofCause): string {
  return `${place === undefined ? '' : `${placeText(place)}: `}${what} (${paths} ${paths === 1 ? 'path' : 'paths'})`
}

function counterexampleCase(name: string, found: Counterexample): Case {
  const { summary } = found.violation
  return { name: `${name}: ${summary}`, outcome: 'failure', message: summary, text: counterexampleText(found) }
}

function passedOverCase({ name, title, needs }: PassedOverProperty): Case {
  return { name: `property ${name}: ${title}`, outcome: 'skipped', message: `needs ${needs}` }
}

function propertyCases({ name, title, verdict, cause, counterexamples }: VerifiedProperty): readonly Case[] {
  const whole = `property ${name}: ${title}`
  if (verdict === 'proved') return [{ name: whole, outcome: 'passed' }]
  if (counterexamples.length > 0) return counterexamples.map((found) => counterexampleCase(`property ${name}`, found))
  const outcome = verdict === 'refuted' ? 'failure' : 'error'
  return [{ name: whole, outcome, message: cause ?? verdict }]
}
