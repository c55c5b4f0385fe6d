/** All wrong builds, by network function. */
import { wrongBalancers } from './balancer/builds.js'
import { wrongBridges } from './bridge/builds.js'
import { wrongFirewalls } from './firewall/builds.js'
import { wrongNats } from './nat/builds.js'
import { wrongNops } from './nop/builds.js'
import { wrongPolicers } from './policer/builds.js'
import { wrongRouters } from './router/builds.js'
import type { Scene } from './scene.js'
import type { WrongBuild } from './wrong-build.js'

export const catalogue: Readonly<Record<string, readonly WrongBuild[]>> = {
  nat: wrongNats,
  firewall: wrongFirewalls,
  bridge: wrongBridges,
  balancer: wrongBalancers,
  policer: wrongPolicers,
  nop: wrongNops,
  router: wrongRouters,
}

/** The scenes of builds, each once. */
export function scenesOf(builds: readonly WrongBuild[]): readonly Scene[] {
  return [...new Set(builds.map(({ scene }) => scene))]
}
