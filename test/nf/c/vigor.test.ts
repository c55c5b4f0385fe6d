/** Network functions that were written for Vigor's API. */
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'

import { loadNf, type NfInstance } from '../../../src/nf/index.js'
import { buildFrame } from '../../../src/packet/index.js'
import { temporary } from '../../temporary.js'
import { refuses, sample } from '../fixtures/sample.js'
import { withClang } from './with-clang.js'

process.env.VIGIL_CACHE = temporary('cache')

const YAML = 'name: sample\nports: { count: 4 }\nsource: main.c\napi: vigor\n'

/** A network function as one source: Vigor's headers, a key with a byte between its fields, and `body`. */
function vigor(
  t: ExecutionContext,
  body: string,
  equality = 'l->kind == r->kind AND l->address == r->address',
): string {
  return sample(t, {
    'nf.yaml': YAML,
    'main.c': `#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "libvig/verified/expirator.h"
#include "nf.h"
#include "nf-log.h"
#include "nf-util.h"
struct nf_config { uint16_t devices; };
struct nf_config config;
void nf_config_init(int argc, char **argv) { config.devices = rte_eth_dev_count_avail(); }
struct Key { uint8_t kind; uint32_t address; };
bool Key_eq(void *a, void *b) { struct Key *l = a, *r = b; return ${equality}; }
unsigned Key_hash(void *key) { return __builtin_ia32_crc32si(0, ((struct Key *)key)->address); }
void Key_allocate(void *key) { memset(key, 0, sizeof(struct Key)); }
struct Map *map; struct Vector *keys; struct DoubleChain *chain;
bool nf_init(void) {
  return map_allocate(Key_eq, Key_hash, 8, &map) AND vector_allocate(sizeof(struct Key), 8, Key_allocate, &keys)
      AND dchain_allocate(8, &chain);
}
int nf_process(uint16_t device, uint8_t *buffer, uint16_t packet_length, vigor_time_t now) {
${body}
}
`,
  })
}

async function started(folder: string): Promise<NfInstance> {
  return (await loadNf(folder)).instantiate()
}

/** What becomes of one packet. */
function verdictOf(instance: NfInstance, packet: Uint8Array, port = 0, now = 5n): number {
  instance.setFrame(0, packet, 0, packet.length, port, now)
  instance.run(1)
  return instance.result(0)
}

withClang('devices become verdicts: their own is a drop, and a frame too short for Ethernet is dropped', async (t) => {
  const instance = await started(
    vigor(
      t,
      `  struct ether_hdr *header = nf_then_get_ether_header(buffer);
  NF_DEBUG("to %d", header->d_addr.addr_bytes[0]);
  if (device == 1 | device == 2 & packet_length < 14) return 3;
  return header->d_addr.addr_bytes[0] == 0xff ? FLOOD_FRAME : header->d_addr.addr_bytes[0];`,
    ),
  )
  const to = (first: number, length = 60): Uint8Array => new Uint8Array(length).fill(first)
  t.is(verdictOf(instance, to(2)), 2)
  t.is(verdictOf(instance, to(0)), -1)
  t.is(verdictOf(instance, to(0xff)), -2)
  t.is(verdictOf(instance, to(0), 1), 3)
  t.is(verdictOf(instance, to(2, 14)), 2)
  t.is(verdictOf(instance, to(2, 13), 2), -1, 'whatever is answered')
})

const REMEMBER = `  struct Key key = { .kind = buffer[0], .address = buffer[1] };
  memset((uint8_t *)&key + 1, buffer[2], 3);
  expire_items_single_map(chain, keys, map, now - 10);
  int index;
  if (map_get(map, &key, &index)) return 1;
  if (!dchain_allocate_new_index(chain, &index, now)) return 2;
  struct Key *cell;
  vector_borrow(keys, index, (void **)&cell);
  memcpy(cell, &key, sizeof key);
  map_put(map, cell, index);
  vector_return(keys, index, cell);
  return 3;`

withClang('keys are told apart by what their equality looks at, and are forgotten in time', async (t) => {
  const instance = await started(vigor(t, REMEMBER))
  const seen = (kind: number, address: number, between: number, now: bigint): number =>
    verdictOf(instance, Uint8Array.of(kind, address, between), 0, now)
  t.is(seen(1, 1, 0, 5n), -1)
  const long = (kind: number, address: number, between: number, now: bigint): number => {
    const packet = new Uint8Array(60)
    packet.set([kind, address, between])
    return verdictOf(instance, packet, 0, now)
  }
  t.is(long(1, 1, 0, 6n), 1, 'also one that came in a short frame')
  t.is(long(1, 2, 7, 6n), 3)
  t.is(long(1, 2, 9, 7n), 1, 'whatever lies between')
  t.is(long(2, 2, 9, 8n), 3)
  t.is(long(1, 2, 9, 17n), 3, 'forgotten')
  t.is(long(2, 2, 1, 18n), 1)
})

const misuses: readonly (readonly [what: string, body: string])[] = [
  ['a key that is not a cell of a vector', 'struct Key key = { 0 }; map_put(map, &key, 0);'],
  [
    'a key in a cell that was returned',
    'vector_borrow(keys, 0, &cell); vector_return(keys, 0, cell); map_put(map, cell, 0);',
  ],
  ['a cell that is not returned', 'vector_borrow(keys, 0, &cell);'],
  ['a cell that is returned as another', 'vector_borrow(keys, 0, &cell); vector_return(keys, 1, cell);'],
  ['an assertion that does not hold', 'assert(packet_length > 60);'],
  ['a device that there is not', 'uint16_t to = 4; concretize_devices(&to, config.devices);'],
]

withClang('what Vigor does not allow is a trap', async (t) => {
  const cases = misuses.map(([, body], at) => `    case ${at + 1}: { ${body} break; }`)
  const nf = await loadNf(vigor(t, `  void *cell;\n  switch (buffer[0]) {\n${cases.join('\n')}\n  }\n  return 1;`))
  t.is(verdictOf(nf.instantiate(), new Uint8Array(60)), 1)
  for (const [at, [what]] of misuses.entries()) {
    const packet = new Uint8Array(60).fill(at + 1, 0, 1)
    const instance = nf.instantiate()
    t.throws(() => verdictOf(instance, packet), { message: /sample trapped at packet 0.*unreachable/ }, what)
  }
})

withClang('what cannot be a network function for Vigor is said, with file and line', async (t) => {
  await refuses(
    t,
    () => loadNf(vigor(t, '  return *(uint8_t *)memcpy(malloc(packet_length), buffer, packet_length);')),
    /main\.c:\d+: malloc is called in nf_process, to which nf_process may come/,
  )
  const partly = await loadNf(vigor(t, '  return 1;', '(l->kind & 1) == (r->kind & 1)'))
  await refuses(t, () => void partly.instantiate(), /nf_init answered 0, not 1/)
  await refuses(
    t,
    () => loadNf(sample(t, { 'nf.yaml': YAML.replace('main.c', 'nf.ts'), 'nf.ts': '' })),
    /nf\.yaml:4.*api: vigor is of sources in C/,
  )
})

const address = (last: number): string => `10.0.0.${last}`

/** A packet of one of a few flows, outbound or to one of the first external ports. */
const packets = fc
  .record({ host: fc.nat(2), peer: fc.nat(1), port: fc.nat(2), isTcp: fc.boolean(), isInbound: fc.boolean() })
  .map(({ host, peer, port, isTcp, isInbound }) => {
    const [inside, outside] = [address(host + 1), `203.0.113.${peer + 1}`]
    const ports = isInbound ? { srcPort: 53, dstPort: 1024 + port } : { srcPort: 5000 + port, dstPort: 53 }
    const ipv4 = isInbound ? { src: outside, dst: '198.51.100.1' } : { src: inside, dst: outside }
    const transport = isTcp ? { tcp: ports } : { udp: ports }
    const payload = new Uint8Array(20).fill(host)
    return { frame: buildFrame({ ipv4, ...transport, payload }), port: isInbound ? 1 : 0 }
  })
const damage = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { minLength: 1, maxLength: 2 }),
)
const steps = fc.array(fc.tuple(packets, damage, fc.option(fc.nat(60), { freq: 8 }), fc.nat(900)), {
  minLength: 80,
  maxLength: 80,
})

withClang('nat-c does to every packet what nat does, also where packets are damaged', async (t) => {
  const config = ['maxFlows=6', 'expiration=2s']
  const both = await Promise.all(['nat', 'nat-c'].map((nf) => loadNf(nf, { config })))
  const verdicts = new Set<number>()
  fc.assert(
    fc.property(steps, (all) => {
      const instances = both.map((nf) => nf.instantiate())
      let now = 5_000_000_000n
      for (const [{ frame, port }, damages, cut, milliseconds] of all) {
        for (const [at, value] of damages) if (at < frame.length) frame[at] = value
        const packet = cut === null ? frame : frame.subarray(0, cut)
        now += BigInt(milliseconds) * 1_000_000n
        const [expected, found] = instances.map((instance) => {
          const verdict = verdictOf(instance, packet, port, now)
          verdicts.add(verdict)
          const start = instance.frameBuffer(0)
          return [
            verdict,
            verdict < 0 ? '' : Buffer.from(instance.bytes.subarray(start, start + packet.length)).toString('hex'),
          ]
        })
        t.deepEqual(found, expected)
      }
    }),
    { numRuns: 12, seed: 39 },
  )
  t.deepEqual([...verdicts].sort(), [-1, 0, 1])
})
