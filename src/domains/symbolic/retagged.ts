/**
 * A packet with a VLAN tag put in or taken out. Its bytes are followed where those of the packet that came in are known;
 * else only that something else leaves than came in.
 */
import type { Term } from '../../smt/index.js'
import { errorHere } from '../../spec/instrumented/index.js'
import type { ExpectedFrame } from './expected.js'
import type { Frame } from './frame.js'
import type { Run } from './run.js'

/** Bytes: TPID and tag control information; the outermost tag is after both addresses. */
export const TAG_LENGTH = 4
export const TAG_AT = 12
const C_TAG = 0x8100

/** What a specification may ask of any other packet. */
const REFUSED = [
  ...['length', 'ethernet', 'vlan', 'arp', 'ipv4', 'ipv6', 'ip', 'transport', 'tcp', 'udp', 'icmp', 'icmpv6'],
  ...['with', 'tagged', 'untagged'],
]

export class RetaggedPacket {
  /** Undefined where its bytes are not known. */
  readonly expected: ExpectedFrame | undefined

  constructor(frame: Frame | undefined) {
    this.expected = frame && { frame, free: [], checksums: [] }
  }
}

for (const name of REFUSED) {
  Object.defineProperty(RetaggedPacket.prototype, name, {
    get() {
      throw errorHere(`${name} of a packet with a tag put in or taken out`, 'read and change the packet that came in')
    },
  })
}

/** The four bytes of a tag: IEEE 802.1Q-2014 clause 9.6. */
export function tagTerm(run: Run, tag: unknown): Term {
  if (typeof tag !== 'object' || tag === null || !('id' in tag)) throw errorHere('packet.tagged takes { id, ... }')
  const { id, priority = 0, dropEligible = 0 }: { id: unknown; priority?: unknown; dropEligible?: unknown } = tag
  const { terms, integers } = run
  const part = (value: unknown, bits: number, name: string): Term => {
    const most = (1n << BigInt(bits)) - 1n
    const what = `a value does not fit into vlan.${name}`
    return integers.bits(run.fitting(run.integer(value, `vlan.${name}`), 0n, most, what), bits)
  }
  return terms.concat(
    terms.bv(C_TAG, 16),
    part(priority, 3, 'priority'),
    part(dropEligible, 1, 'dropEligible'),
    part(id, 12, 'id'),
  )
}
