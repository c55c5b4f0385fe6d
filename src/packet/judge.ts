import { readU16 } from './bytes.js'
import { type ChecksumState, checksumAround, congruent, pseudoHeaderSum4, pseudoHeaderSum6 } from './checksum.js'
import type { Section } from './dissect.js'
import { protocols } from './numbers.js'

export interface ChecksumJudgement {
  readonly state: ChecksumState
  /** What a right one would be. */
  readonly expected: number
}

/**
 * Judges the checksum field of a section, at any bytes. `undefined` where it cannot be judged: no checksum, a header
 * cut short, a fragment, a datagram that is not whole.
 */
export function judgeChecksum(frame: Uint8Array, section: Section): ChecksumJudgement | undefined {
  const { layer, at, length } = section
  if (layer === 'ipv4') {
    const isWhole = (frame[at] ?? 0) >> 4 === 4 && ((frame[at] ?? 0) & 15) * 4 === length
    return isWhole ? judge(frame, at, at + length, at + 10, 0) : undefined
  }
  if (section.ip === -1 || section.isInner) return undefined
  if (layer === 'tcp' && length >= 20) return judgeUnder(frame, section, protocols.tcp, 16)
  if (layer === 'udp' && length >= 8) return judgeUdp(frame, section)
  if (layer === 'icmp' && length >= 8) return judge(frame, at, section.end, at + 2, 0)
  return layer === 'icmpv6' && length >= 8 ? judgeUnder(frame, section, protocols.icmpv6, 2) : undefined
}

function judgeUdp(frame: Uint8Array, section: Section): ChecksumJudgement {
  const judgement = judgeUnder(frame, section, protocols.udp, 6)
  const expected = judgement.expected === 0 ? 0xffff : judgement.expected
  const isIpv4 = (frame[section.ip] ?? 0) >> 4 === 4
  if (readU16(frame, section.at + 6) !== 0) return { ...judgement, expected }
  return { state: isIpv4 ? 'absent' : 'wrong', expected }
}

function judgeUnder(frame: Uint8Array, section: Section, protocol: number, field: number): ChecksumJudgement {
  const { at, end, ip } = section
  const pseudoHeader = (frame[ip] ?? 0) >> 4 === 4 ? pseudoHeaderSum4 : pseudoHeaderSum6
  return judge(frame, at, end, at + field, pseudoHeader(frame, ip, protocol, end - at))
}

function judge(frame: Uint8Array, from: number, to: number, field: number, initial: number): ChecksumJudgement {
  const expected = checksumAround(frame, from, to, field, initial)
  return { state: congruent(expected, readU16(frame, field)) ? 'right' : 'wrong', expected }
}
