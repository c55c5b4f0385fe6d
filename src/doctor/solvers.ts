/** Solvers besides the embedded one: second opinions. */
import { bitwuzla, cvc5, nativeZ3, versionOf } from '../smt/index.js'
import { absent, ok, type Section, section } from './check.js'

export function otherSolvers(): Section {
  const findings = [nativeZ3, cvc5, bitwuzla].map((profile) => {
    const version = versionOf(profile)
    const hint = 'for verify --solver and --cross-check; Debian has packages z3 and cvc5'
    return version === undefined ? absent(profile.program, 'not found', hint) : ok(profile.program, version)
  })
  return section('Other solvers (optional)', findings)
}
