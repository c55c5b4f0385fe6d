import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'

import { compileCNf } from '../../../src/nf/build-c.js'
import { compileNf, loadNf, NF_STACK_START } from '../../../src/nf/index.js'
import { readInterface } from '../../../src/nf/module-interface.js'
import { packageRoot } from '../../../src/package-root.js'
import { ipv4HeaderChecksum } from '../../../src/packet/checksum.js'
import { decodeModule } from '../../../src/wasm/index.js'
import { temporary } from '../../temporary.js'
import { sample } from '../fixtures/sample.js'
import { inC, NF_PROCESS, withClang } from './with-clang.js'

process.env.VIGIL_CACHE = temporary('cache')

/** Runs one packet after the other through the function that a folder holds. */
async function runner(folder: string): Promise<(packet: readonly number[]) => { verdict: number; bytes: number[] }> {
  const instance = (await loadNf(folder)).instantiate()
  return (packet) => {
    instance.setFrame(0, Uint8Array.from(packet), 0, packet.length, 0, 5n)
    instance.run(1)
    const start = instance.frameBuffer(0)
    return { verdict: instance.result(0), bytes: [...instance.bytes.subarray(start, start + packet.length)] }
  }
}

withClang('headers of C lie where the fields of packets are, and numbers change their order', async (t) => {
  const read = [
    'load_mac(ethernet->destination) == 0x020000000001 && load_mac(ethernet->source) == 0x0a0b0c0d0e0f',
    'ntohs(ethernet->type) == ETHERTYPE_VLAN && ntohs(vlan->type) == ETHERTYPE_IPV4',
    '(ntohs(vlan->control) & VLAN_IDENTIFIER) == 100',
    'ipv4_version(ip) == 4 && ipv4_header_length(ip) == 20 && ntohs(ip->total_length) == 40 && ip->ttl == 64',
    'ip->protocol == PROTOCOL_TCP && ntohl(ip->source) == 0x0a000001 && ip->destination == HTONL(0xc0a80102)',
    'ntohs(tcp->source_port) == 40000 && tcp->destination_port == HTONS(443) && ntohl(tcp->sequence) == 0x01020304',
    'tcp->data_offset >> 4 == 5 && tcp->flags == (TCP_SYN | TCP_ACK) && ntohs(tcp->window) == 512',
  ]
  const checks = read.map((condition, at) => `if (!(${condition})) return ${at + 1};`).join('\n  ')
  const folder = sample(t, {
    'nf.c': inC(`${NF_PROCESS} {
  const struct ethernet_header *ethernet = packet;
  const struct vlan_header *vlan = (const void *)(ethernet + 1);
  const struct ipv4_header *ip = (const void *)(vlan + 1);
  const struct tcp_header *tcp = (const void *)(ip + 1);
  ${checks}
  store_mac(packet, 0x0123456789ab);
  return 0;
}`),
  })
  const ethernet = [2, 0, 0, 0, 0, 1, 10, 11, 12, 13, 14, 15, 0x81, 0, 0x20, 100, 8, 0]
  const ip = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 192, 168, 1, 2]
  const tcp = [0x9c, 0x40, 0x01, 0xbb, 1, 2, 3, 4, 0, 0, 0, 0, 0x50, 0x12, 2, 0, 0, 0, 0, 0]
  const { verdict, bytes } = (await runner(folder))([...ethernet, ...ip, ...tcp])
  t.is(verdict, 0)
  t.deepEqual(bytes.slice(0, 6), [0x01, 0x23, 0x45, 0x67, 0x89, 0xab])
})

withClang("the kit's own memory functions do what C says, also where ranges overlap", async (t) => {
  const folder = sample(t, {
    'nf.c': inC(`static int sign(int n) { return n < 0 ? 2 : n > 0; }
${NF_PROCESS} {
  uint8_t *bytes = packet;
  const size_t size = bytes[0];
  bytes[1] = (uint8_t)sign(memcmp(bytes + 8, bytes + 40, size));
  bytes[2] = memcmp(bytes + 8, bytes + 40, size) == 0;
  memmove(bytes + 10, bytes + 8, size);
  memcpy(bytes + 80, bytes + 8, size);
  memset(bytes + 120, bytes[3], size);
  return 0;
}`),
  })
  const run = await runner(folder)
  const length = 160
  const packets = fc.tuple(
    fc.integer({ min: 0, max: 28 }),
    fc.array(fc.nat(3), { minLength: length, maxLength: length }),
  )
  fc.assert(
    fc.property(packets, ([size, contents]) => {
      const packet = [size, ...contents.slice(1)]
      const [left, right] = [packet.slice(8, 8 + size), packet.slice(40, 40 + size)]
      const order = Buffer.compare(Buffer.from(left), Buffer.from(right))
      const expected = Buffer.from(packet)
      expected[1] = order < 0 ? 2 : order
      expected[2] = order === 0 ? 1 : 0
      expected.copyWithin(10, 8, 8 + size)
      expected.copyWithin(80, 8, 8 + size)
      expected.fill(packet[3] ?? 0, 120, 120 + size)
      t.deepEqual(run(packet).bytes, [...expected])
    }),
    { numRuns: 60 },
  )
})

withClang('checksums of fields in network byte order are kept right', async (t) => {
  const folder = sample(t, {
    'nf.c': inC(`${NF_PROCESS} {
  struct ipv4_header *ip = packet;
  const uint32_t old = ip->source;
  ip->source = htonl(ntohl(old) + 0x01010101u);
  ip->checksum = checksum_after_u32(ip->checksum, old, ip->source);
  const uint16_t identification = ip->identification;
  ip->identification = (uint16_t)~identification;
  ip->checksum = checksum_after_u16(ip->checksum, identification, ip->identification);
  return ipv4_header_checksum_ok(ip, sizeof *ip);
}`),
  })
  const run = await runner(folder)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (header) => {
      header.fill(0, 10, 12)
      new DataView(header.buffer).setUint16(10, ipv4HeaderChecksum(header, 0, 20))
      t.is(run([...header]).verdict, 1)
    }),
    { numRuns: 60 },
  )
})

withClang('malloc gives zeroed, aligned memory at the start, and where it does not suffice that is said', async (t) => {
  const body = (size: string): string =>
    inC(`static uint8_t *first, *second;
int32_t nf_init(void) {
  first = malloc(5);
  second = malloc(${size});
  return first != NULL && second != NULL;
}
${NF_PROCESS} {
  return (first[0] | second[length]) == 0 && ((uint32_t)second & 7) == 0 && second - first == 8 ? 2 : 1;
}`)
  t.is((await runner(sample(t, { 'nf.c': body('400000') })))([1, 2, 3]).verdict, 2)
  const nf = await loadNf(sample(t, { 'nf.c': body('460000') }))
  t.throws(() => nf.instantiate(), { message: /nf_init answered 0, not 1/ })
})

withClang('several sources are one module, and a change in any of them, or in a header, is a new build', async (t) => {
  const folder = sample(t, {
    'nf.yaml': 'name: sample\nports: { count: 4 }\nsource: [nf.c, partner.c]\n',
    'nf.c': inC(`#include "partner.h"\n${NF_PROCESS} { return partner(port); }`),
    'partner.h': '#include <stdint.h>\nint32_t partner(int32_t port);\n',
    'partner.c': '#include "partner.h"\nint32_t partner(int32_t port) { return port ^ 1; }\n',
  })
  t.is((await runner(folder))([0]).verdict, 1)
  const files = ['nf.c', 'partner.c'].map((name) => join(folder, name))
  const before = await compileNf(...files)
  t.is(before.from, 'cache')
  writeFileSync(join(folder, 'partner.h'), '#include <stdint.h>\nint32_t partner(int32_t port); /* changed */\n')
  const after = await compileNf(...files)
  t.is(after.from, 'compiler')
  t.not(after.key, before.key)
})

withClang('built at any level a function imports what it may, and its stack starts where the memory map says', (t) => {
  for (const level of ['-O1', '-O2', '-O3', '-Os'] as const) {
    const { wasm } = compileCNf([join(packageRoot, 'nfs/policer-c/nf.c')], { optimisation: level })
    const { imports, hasStart, data } = readInterface(wasm)
    t.true(imports.every(({ module, name }) => module !== 'env' || name === 'memory'))
    t.false(hasStart)
    t.true(data.every(({ address = 0, length }) => address >= 0x10000 && address + length <= 0x80000))
    const [stack] = decodeModule(wasm).globals
    t.true(stack?.type.isMutable)
    t.deepEqual(stack?.initial, { kind: 'i32', bits: NF_STACK_START })
  }
})
