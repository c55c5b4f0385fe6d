/**
 * The classes of bugs that Vigor's authors found or planted (Zaostrovnykh et al., SOSP 2019, table 4), each as a small wrong
 * build, and more of their kind: none is proved.
 */

import test from 'ava'

import { loadSubject, type Proof, prove } from '../../src/verify/index.js'
import { temporary } from '../temporary.js'
import { type Edit, writeSource } from '../wrong-builds/wrong-build.js'
import { sharedSolver } from './shared-solver.js'

interface Bug extends Edit {
  readonly nf: string
  readonly config: Readonly<Record<string, unknown>>
  readonly ports: number
  readonly verdict: Proof['verdict']
  readonly shows: RegExp
}

const nat = { nf: 'nat', config: { maxFlows: 16 }, ports: 2 } as const
const bridge = { nf: 'bridge', config: { capacity: 16 }, ports: 2 } as const
const nop = { nf: 'nop', config: {}, ports: 5 } as const

const bugs: readonly Bug[] = [
  {
    ...nop,
    name: 'array-out-of-bounds',
    why: 'a table of partners has fewer entries than there are ports',
    find: 'const partner = port ^ 1',
    replace: 'store<u32>(65536, 0x02030001)\n  const partner = <i32>load<u8>(65536 + port * 65536)',
    verdict: 'refuted',
    shows: /memory: |verdict: /,
  },
  {
    ...nop,
    name: 'endless-probing',
    why: 'the search in the ring for a backend goes round for ever where its step misses it',
    find: 'const partner = port ^ 1',
    replace: 'let at = port\n  while (at != 7) at = (at + 2) & 7\n  const partner = port ^ (at & 1)',
    verdict: 'refuted',
    shows: /loop|allowed number of/,
  },
  {
    ...nat,
    name: 'reference-for-value',
    why: 'the address of the slot is used in place of the slot',
    find: 'const externalPort = startPort + load<i32>(found)',
    replace: 'const externalPort = startPort + <i32>found',
    // Its paths do not meet those of the specification that insert, so that no layout is told; two flows share a port.
    verdict: 'refuted',
    shows: /no layout/,
  },
  {
    ...nat,
    name: 'spoofed-peer',
    why: 'whoever knows the port is taken for the peer',
    find: '  if (load<u32>(flow, KEY_PEER) != load<u32>(ip + IPV4_SOURCE)) return DROP\n',
    replace: '',
    verdict: 'refuted',
    shows: /verdict: /,
  },
  {
    nf: 'firewall',
    config: { maxFlows: 16 },
    ports: 2,
    name: 'options-taken-for-ports',
    why: 'the header is taken to have no options',
    find: 'const transport = ip + headerLength',
    replace: 'const transport = ip + IPV4_LEAST_LENGTH',
    verdict: 'refuted',
    shows: /verdict: the ports that the packet leaves by/,
  },
  {
    nf: 'firewall',
    config: { maxFlows: 16 },
    ports: 2,
    name: 'not-empty-at-start',
    why: 'a flow is there before any packet',
    find: '  flows = load<i32>(found)\n',
    replace: '  flows = load<i32>(found)\n  expiring_map_insert(flows, <i32>key, 0, <i32>found)\n',
    // Nobody has a flow between the addresses 0, but the table is full one flow too soon.
    verdict: 'refuted',
    shows: /nf_init leaves entries in expiring_map1/,
  },
  {
    ...bridge,
    name: 'port-that-there-is-not',
    why: 'a station is stored behind a port that the bridge does not have',
    find: 'expiring_map_value(stations, load<i32>(out)), port)',
    replace: 'expiring_map_value(stations, load<i32>(out)), port + 2)',
    verdict: 'refuted',
    shows: /what the types of its fields say/,
  },
  {
    ...bridge,
    name: 'value-too-short',
    why: 'a value has three bytes, and four are written to it',
    find: 'expiring_map_allocate(KEY_SIZE, 4,',
    replace: 'expiring_map_allocate(KEY_SIZE, 3,',
    verdict: 'refuted',
    shows: /memory: an access of 4 bytes stays in a value/,
  },
  {
    ...bridge,
    name: 'handle-misread',
    why: 'nf_init cannot be followed, and libVig goes round for ever on what it takes for a table',
    find: 'stations = load<i32>(out)',
    replace: 'stations = load<i32>(out + 1)',
    verdict: 'refuted',
    shows: /a part of a pointer/,
  },
]

for (const bug of bugs) {
  test.serial(`${bug.name}: ${bug.verdict}, never proved`, async (t) => {
    const { nf, config, ports: portCount } = bug
    const binary = writeSource(temporary('bugs'), nf, bug)
    const subject = await loadSubject(nf, { config, portCount, binary, mostSteps: 5_000_000 })
    const { verdict, causes } = prove(subject, { solver: await sharedSolver() })
    const all = causes.map(({ what }) => what).join('\n')
    t.is(verdict, bug.verdict, all)
    t.regex(all, bug.shows)
  })
}
