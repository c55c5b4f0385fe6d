/** The cases of libVig's own proof: one for each operation; skipped where it is held to its contract by tests only. */
import type { Case } from './junit-proof.js'
import type { VerifiedLibvig, VerifiedOperation } from './verified-libvig.js'

export function libvigCases({ operations }: VerifiedLibvig): readonly Case[] {
  return operations.map(caseOf)
}

function caseOf({ operation, heldBy, verdict, cause = '', scopes }: VerifiedOperation): Case {
  if (heldBy === 'tests') return { name: operation, outcome: 'skipped', message: cause }
  const text = scopes.map((each) => `${each.scope}: ${each.verdict}`).join('\n')
  if (verdict === 'proved') return { name: operation, outcome: 'passed', text }
  return { name: operation, outcome: verdict === 'refuted' ? 'failure' : 'error', message: cause, text }
}
