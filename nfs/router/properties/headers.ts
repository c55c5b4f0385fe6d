import { any, drop, forwardToSet, must, property } from 'vigil-nf/spec'
import router from '../spec.js'

export const ttlIsCounted = property(router, {
  title: 'What leaves has a TTL that is one less than it was, and not 0',
  clause: 'RFC 1812 section 5.3.1',
  check({ packet, output }) {
    if (!packet.ipv4 || !output.packet) return any()
    const ttl = output.packet.ipv4?.ttl ?? 0
    return must(ttl >= 1 && ttl === packet.ipv4.ttl - 1)
  },
})

export const onlyTtlAndStationsChange = property(router, {
  title:
    'Nothing changes but TTL and Ethernet addresses: payload and all other fields stay, the header checksum follows',
  clause: 'RFC 1812 section 5.3.1, RFC 1624',
  check({ packet, output }) {
    if (!packet.ipv4 || !output.packet) return any()
    return forwardToSet(output.ports, packet.with({ ethernet: { src: any, dst: any } }, { ipv4: { ttl: any } }))
  },
})

export const goesToTheNextHop = property(router, {
  title: 'What leaves goes from the address of this device on that port to the next hop there',
  clause: 'README: deviceMac and nextHopMac, a value for each port',
  check({ config, portCount, output }) {
    const ethernet = output.packet?.ethernet
    if (!ethernet) return any()
    let isRight = true
    for (let port = 0; port < portCount; port++) {
      const isMeant = ethernet.src === config.deviceMac.at(port) && ethernet.dst === config.nextHopMac.at(port)
      if (output.leavesBy(port) && !isMeant) isRight = false
    }
    return must(isRight)
  },
})

export const malformedDropped = property(router, {
  title: 'What calls itself IPv4 and is malformed does not pass',
  clause: 'RFC 791 section 3.1, RFC 1812 section 5.2.2',
  check({ packet }) {
    return packet.ethernet?.type === 0x0800 && !packet.ipv4 ? drop() : any()
  },
})

export const wrongChecksumDropped = property(router, {
  title: 'What has a wrong header checksum does not pass',
  clause: 'RFC 1812 section 5.2.2',
  check({ packet, config }) {
    if (!packet.ipv4 || (config.ipOptions === 'any' && packet.ipv4.headerLength > 20)) return any()
    return packet.ipv4.checksumRight ? any() : drop()
  },
})

export const optionsDropped = property(router, {
  title: 'What has IP options does not pass, where they are dropped',
  clause: 'RFC 7126, README: ipOptions',
  needs: { what: 'ipOptions = drop', isMet: ({ config }) => config.ipOptions === 'drop' },
  check({ packet, config }) {
    return config.ipOptions === 'drop' && packet.ipv4 && packet.ipv4.headerLength > 20 ? drop() : any()
  },
})
