import { any, drop, min, must, property, wide } from 'vigil-nf/spec'
import policer, { Destination, sizeOf, TOKENS_PER_BYTE } from '../spec.js'

export const nothingBeyondTheBucket = property(policer, {
  title: 'What passes was paid for by what the bucket of its destination held',
  clause: 'RFC 2697 section 3',
  check({ packet, ingress, now, config, output, buckets }) {
    const { ip } = packet
    if (ingress !== config.wan || !ip || !output.packet) return any()
    const full = config.burst * TOKENS_PER_BYTE
    const cost = wide(sizeOf(packet, ip.length, config.count)) * TOKENS_PER_BYTE
    const slot = buckets.get(Destination({ version: ip.version, address: ip.dst }))
    if (slot === undefined) return must(cost <= full)
    const { tokens, filledAt } = buckets.valueAt(slot)
    return must(cost <= min(full, tokens + config.rate * (now - filledAt)))
  },
})

export const moreThanTheBurstNeverPasses = property(policer, {
  title: 'What costs more than the burst does not pass, however long one waits',
  clause: 'RFC 2697 section 3: a bucket never holds more than its burst size',
  needs: {
    what: 'a burst below the longest frame',
    // With preamble, gap and check sequence a frame counts for 24 bytes more (`count: line`).
    isMet: ({ config, longestFrame }) => config.burst < longestFrame + 24,
  },
  check({ packet, ingress, config }) {
    const { ip } = packet
    if (ingress !== config.wan || !ip) return any()
    return wide(sizeOf(packet, ip.length, config.count)) > config.burst ? drop() : any()
  },
})

export const redPaysNothing = property(policer, {
  title: 'A packet that is dropped leaves its bucket as full as time has made it',
  clause: 'RFC 2697 section 3: red decrements nothing',
  check({ packet, ingress, now, config, output, before, after }) {
    const { ip } = packet
    if (ingress !== config.wan || !ip || output.packet) return any()
    const destination = Destination({ version: ip.version, address: ip.dst })
    const [slot, left] = [before.buckets.get(destination), after.buckets.get(destination)]
    if (slot === undefined) return any()
    const { tokens, filledAt } = before.buckets.valueAt(slot)
    const filled = min(config.burst * TOKENS_PER_BYTE, tokens + config.rate * (now - filledAt))
    return must(left !== undefined && after.buckets.valueAt(left).tokens === filled)
  },
})

export const fullTableDropsNewDestinations = property(policer, {
  title: 'Where no bucket is left, a new destination receives nothing',
  clause: 'README: no bucket is thrown out for another',
  check({ packet: { ip }, ingress, config, buckets }) {
    if (ingress !== config.wan || !ip || buckets.size < buckets.capacity) return any()
    return buckets.get(Destination({ version: ip.version, address: ip.dst })) === undefined ? drop() : any()
  },
})
