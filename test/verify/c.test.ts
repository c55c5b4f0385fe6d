/** Binaries that clang made of C: what is proved, and what is in the way, with the function and the line of C. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { ExecutionContext } from 'ava'
import type { VerifiedNf } from '../../src/result/index.js'
import { loadSubject, prove } from '../../src/verify/index.js'
import { verify } from '../../src/verify/run/index.js'
import { verifiedNf } from '../../src/verify/run/verified-nf.js'
import { inC, NF_PROCESS, withClang } from '../nf/c/with-clang.js'
import { temporary } from '../temporary.js'
import { sharedSolver } from './shared-solver.js'

/** The proof of one binary of nop, written as `nf.c`, as `vigil verify nop` tells it. */
async function proofOf(t: ExecutionContext, source: string): Promise<VerifiedNf> {
  const folder = join(temporary('c'), 'nfs/mine')
  mkdirSync(folder, { recursive: true })
  const binary = join(folder, 'nf.c')
  writeFileSync(binary, source)
  const subject = await loadSubject('nop', { binary })
  const proof = prove(subject, { solver: await sharedSolver(), random: () => 0.5 })
  const told = verifiedNf(
    subject,
    { proof, properties: [], passedOver: [], hasLock: false, seconds: 0 },
    {
      binary,
      solver: { name: 'z3-embedded', queries: 0, seconds: 0 },
      peakMegabytes: 0,
      lost: [],
      replayed: { nf: 'nop', binary, config: [], settings: [], longest: undefined },
    },
  )
  t.log(told.verdict, told.cause ?? '')
  return told
}

/** nop, whose partner `body` says. */
const partnerBy = (body: string): string =>
  inC(`${body}
${NF_PROCESS} {
  const int32_t partner = partner_of(port, packet, length);
  return partner < config_portCount() ? partner : NF_DROP;
}`)

const PARTNER = 'static int32_t partner_of(int32_t port, const uint8_t *packet, int32_t length)'

withClang('policer-c is proved against the specification of policer, by a process of its own', async (t) => {
  const { exitCode, nfs } = await verify({ nfs: ['policer-c'], jobs: 1 })
  t.is(exitCode, 0)
  const [nf] = nfs
  t.like(nf, { kind: 'verified', nf: 'policer-c', proof: 'proved' })
  t.true(nf?.kind === 'verified' && basename(nf.binary.file) === 'nf.c', JSON.stringify(nf))
})

withClang('what nf_init has put into static and allocated memory may be read by packets', async (t) => {
  const { proof, causes } = await proofOf(
    t,
    partnerBy(`static uint8_t *partners;
static int32_t flip;
int32_t nf_init(void) {
  partners = malloc(30);
  if (partners == NULL) return 0;
  for (int port = 0; port < 30; port++) partners[port] = (uint8_t)(port ^ 1);
  flip = 1;
  return 1;
}
${PARTNER} { return port < 4 ? partners[port] : port ^ flip; }`),
  )
  t.is(proof, 'proved', JSON.stringify(causes))
})

withClang('a function pointer whose value is known is followed', async (t) => {
  const { proof, causes } = await proofOf(
    t,
    partnerBy(`static int32_t up(int32_t port) { return port + 1; }
static int32_t down(int32_t port) { return port - 1; }
static int32_t (*const ways[])(int32_t) = {up, down};
${PARTNER} { return ways[port & 1](port); }`),
  )
  t.is(proof, 'proved', JSON.stringify(causes))
})

withClang('what is done to a key after map_put changes nothing of the map, which has a copy', async (t) => {
  const { proof, causes } = await proofOf(
    t,
    partnerBy(`static libvig_handle map;
int32_t nf_init(void) { return map_allocate(4, 16, &map); }
${PARTNER} {
  int32_t value;
  int32_t key = length;
  if (map_size(map) == 16 || map_get(map, &key, &value)) return port ^ 1;
  map_put(map, &key, 7);
  key = ~key;
  if (!map_get(map, &length, &value) || value != 7) return config_portCount();
  map_erase(map, &length);
  return port ^ 1;
}`),
  )
  t.is(proof, 'proved', JSON.stringify(causes))
})

/** A vector of which `inProcess` may borrow a cell. */
const withCells = (inProcess: string): string =>
  partnerBy(`static libvig_handle cells;
int32_t nf_init(void) { return vector_allocate(8, 16, &cells); }
${PARTNER} {
  int64_t *cell;
  vector_borrow(cells, 3, (void **)&cell);
  ${inProcess}
  return port ^ 1;
}`)

for (const [name, line, guarantee, source] of [
  [
    'an access beyond the packet',
    5,
    'memory',
    partnerBy(`${PARTNER} {
  const volatile uint8_t *last = packet + 59;
  if (length < 60) return *last & 0 ? port : port ^ 1;
  return port ^ 1;
}`),
  ],
  [
    'another port than that of the specification',
    4,
    'verdict',
    partnerBy(`${PARTNER} {
  if (packet[0] == 0x42) return port ^ 2;
  return port ^ 1;
}`),
  ],
  [
    'a cell that is read after it was given back',
    7,
    'memory',
    withCells('vector_return(cells, 3); if (*cell == 6) return port;'),
  ],
  [
    'a result that libVig is to write where nothing is',
    7,
    'memory',
    withCells('vector_return(cells, 3); vector_borrow(cells, 4, (void **)28); vector_return(cells, 4);'),
  ],
  [
    'a call of what is no function',
    4,
    'no trap',
    partnerBy(`${PARTNER} {
  return length < 4 ? port ^ 1 : ((int32_t (*)(int32_t))(uint32_t)packet[3])(port) - 5;
}`),
  ],
] as const) {
  withClang(`what is wrong is refuted, through its line of C: ${name}`, async (t) => {
    const { verdict, counterexamples, causes } = await proofOf(t, source)
    t.is(verdict, 'violated', JSON.stringify(causes))
    const [found] = counterexamples
    t.is(found?.guarantee, guarantee)
    t.true(
      found?.path.some((place) => basename(place.file) === 'nf.c' && place.line === line),
      JSON.stringify(found?.path),
    )
  })
}

const undecided: readonly (readonly [name: string, line: number, what: RegExp, source: string])[] = [
  [
    'static data that packets write and read',
    6,
    /memory that an earlier packet wrote, in nf_process/,
    partnerBy(`static int32_t seen;
${PARTNER} {
  seen += length;
  return seen & 0x40000000 ? config_portCount() : port ^ 1;
}`),
  ],
  [
    'recursion',
    4,
    /^deep calls itself: recursion is not followed/,
    partnerBy(`static __attribute__((noinline)) int32_t deep(const uint8_t *at, int32_t left) {
  return left <= 0 ? 0 : deep(at + 1, left - 1) * 3 + *at;
}
${PARTNER} { return deep(packet, length) == -1 ? port : port ^ 1; }`),
  ],
  [
    'a function pointer that packets store',
    8,
    /memory that an earlier packet wrote, in nf_process/,
    partnerBy(`static int32_t up(int32_t port) { return port ^ 1; }
static int32_t down(int32_t port) { return port ^ 1 ? port ^ 1 : 0; }
static int32_t (*way)(int32_t) = up;
${PARTNER} {
  if (length > 100) way = down;
  return way(port);
}`),
  ],
  [
    'a cell that is not given back',
    6,
    /^precondition: every cell of vector1 that was lent is given back .*, in nf_process/,
    withCells('*cell = 6;'),
  ],
  [
    'floating point',
    4,
    /^unsupported: .*f32.*, in nf_process/,
    partnerBy(`
${PARTNER} { return (int32_t)((float)length * 0.5f) < 0 ? port : port ^ 1; }`),
  ],
]

for (const [name, line, what, source] of undecided) {
  withClang(`what cannot be followed is undecided, at its line and function of C: ${name}`, async (t) => {
    const { proof, causes } = await proofOf(t, source)
    t.is(proof, 'undecided', JSON.stringify(causes))
    const found = causes.find((cause) => what.test(cause.what))
    t.is(`${basename(found?.place?.file ?? '')}:${found?.place?.line}`, `nf.c:${line}`, JSON.stringify(causes))
  })
}
