/** Properties are held against specifications too: what a wrong one makes of the state, no output may ever show. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { loadPropertiesOf, PropertyCheck } from '../../../src/oracle/index.js'
import { inFolder } from '../../wrong-builds/run.js'
import { type Edit, writeSource } from '../../wrong-builds/wrong-build.js'
import { nfUnderTest } from '../under-test.js'
import { worlds as balancers } from '../worlds/balancer.js'
import { config, world } from '../worlds/nat.js'
import { worlds as policers } from '../worlds/policer.js'
import { ofConversations, ofFrames, type Traffic } from './traffic.js'

interface WrongSpec {
  readonly what: string
  readonly find: string
  readonly replace: string
  /** A network function that is wrong in the same way. */
  readonly build?: Edit
  readonly traffic: Traffic | undefined
  /** The property that finds it. */
  readonly property: string
}

const conversations = ofConversations('nat', config, world)

const wrongSpecs: readonly WrongSpec[] = [
  {
    what: 'any packet to a mapping keeps it alive',
    find: "if (config.filtering === 'asMapping' &&",
    replace: "flows.refresh(dstPort - config.startPort, now); if (config.filtering === 'asMapping' &&",
    traffic: conversations,
    property: 'strangers-are-dropped-and-refresh-nothing',
  },
  {
    what: 'mappings live twice as long, as they do in the network function',
    find: 'now - config.expiration)',
    replace: 'now - 2n * config.expiration)',
    build: {
      name: 'expires-late',
      why: 'mappings live twice as long',
      find: 'expiring_map_expire(flows, now - expiration)',
      replace: 'expiring_map_expire(flows, now - 2 * expiration)',
    },
    traffic: conversations,
    property: 'expired-mappings-are-not-used',
  },
  {
    what: 'heartbeats are dated back',
    find: 'live.touch(sender, now)',
    replace: 'live.touch(sender, now - 1n)',
    traffic: balancers.map(ofFrames)[0],
    property: 'heartbeats-are-consumed',
  },
  {
    what: 'dropped packets pay what there is',
    find: 'conforms ? tokens - cost : tokens',
    replace: 'tokens - min(tokens, cost)',
    traffic: policers.map(ofFrames)[0],
    property: 'red-pays-nothing',
  },
]

for (const { what, find, replace, build, traffic, property } of wrongSpecs) {
  test(`a specification by which ${what}: found by ${property}`, async (t) => {
    if (traffic === undefined) return t.fail('there is no traffic')
    await inFolder(async (folder) => {
      const text = readFileSync(`nfs/${traffic.nf}/spec.ts`, 'utf8')
      t.is(text.split(find).length, 2, 'the edit fits')
      mkdirSync(join(folder, traffic.nf))
      const spec = join(folder, traffic.nf, 'spec.ts')
      writeFileSync(spec, text.replace(find, replace))
      const source = build === undefined ? {} : { source: writeSource(folder, traffic.nf, build) }
      const options = { ports: traffic.ports, spec, watched: true, ...source }
      const make = await nfUnderTest(traffic.nf, traffic.config, options)
      const device = make()
      const properties = await loadPropertiesOf(`nfs/${traffic.nf}/spec.ts`)
      const check = new PropertyCheck(device.oracle, properties)
      const found = new Set<string>()
      for (const { port, frame, now } of traffic.arrivals()) {
        device.send(port, frame, now)
        for (const finding of check.check()) if (finding.outcome === 'violated') found.add(finding.property.name)
        if (found.size > 0) break
      }
      t.true(found.has(property), [...found].join())
    })
  })
}
