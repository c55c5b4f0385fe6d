import { any, div, drop, flood, must, property } from 'vigil-nf/spec'
import bridge, { Station } from '../spec.js'

const isGroup = (mac: number) => (div(mac, 0x10000000000) & 1) === 1 // IEEE 802-2014 section 8.2.2
const isReserved = (mac: number) => mac >= 0x0180c2000000 && mac < 0x0180c2000010 // IEEE 802.1Q-2014 table 8-1

export const neverBackToTheReceptionPort = property(bridge, {
  title: 'A frame does not leave by the port it came in by',
  clause: 'IEEE 802.1Q-2014 clause 8.6.1',
  check({ ingress, output }) {
    return output.packet ? must(!output.leavesBy(ingress)) : any()
  },
})

export const reservedAddressesStay = property(bridge, {
  title: 'A frame for one of the sixteen reserved addresses goes nowhere',
  clause: 'IEEE 802.1Q-2014 clause 8.6.3, table 8-1',
  check({ packet: { ethernet } }) {
    return ethernet && isReserved(ethernet.dst) ? drop() : any()
  },
})

export const staticEntriesWin = property(bridge, {
  title: 'A frame for a station with a static entry leaves by its port, or not at all',
  clause: 'IEEE 802.1Q-2014 clause 8.8.1',
  needs: { what: 'static entries', isMet: ({ rows }) => rows('staticEntries') > 0 },
  check({ packet: { ethernet }, config, output }) {
    const port = ethernet && config.staticEntries.get(ethernet.dst)
    return port === undefined || !output.packet ? any() : must(output.ports === 1 << port)
  },
})

export const knownStationsAreNotFlooded = property(bridge, {
  title: 'A frame for a station that was heard leaves by the port where it was heard, or not at all',
  clause: 'IEEE 802.1Q-2014 clause 8.7: without VLANs, every station is known by its address',
  needs: { what: 'no VLANs', isMet: ({ config }) => !config.vlanAware },
  check({ packet: { ethernet }, config, output, stations }) {
    if (!ethernet || !output.packet || config.vlanAware || ethernet.src === ethernet.dst) return any()
    if (config.staticEntries.get(ethernet.dst) !== undefined) return any()
    const slot = stations.get(Station({ vid: 0, mac: ethernet.dst }))
    return slot === undefined ? any() : must(output.ports === 1 << stations.valueAt(slot).port)
  },
})

export const unknownStationsAreFlooded = property(bridge, {
  title: 'A frame for a station that was not heard within the ageing time goes to every other port',
  clause: 'IEEE 802.1Q-2014 clauses 8.6.3 and 8.8.3',
  needs: { what: 'no VLANs', isMet: ({ config }) => !config.vlanAware },
  check({ packet, config, stations }) {
    const { ethernet } = packet
    if (!ethernet || config.vlanAware || ethernet.src === ethernet.dst || isReserved(ethernet.dst)) return any()
    if (config.staticEntries.get(ethernet.dst) !== undefined) return any()
    if (config.groupSource === 'drop' && isGroup(ethernet.src)) return any()
    if (config.nullSource === 'drop' && ethernet.src === 0) return any()
    return stations.get(Station({ vid: 0, mac: ethernet.dst })) === undefined ? flood(packet) : any()
  },
})

export const runtsDropped = property(bridge, {
  title: 'A frame without room for its addresses and type goes nowhere',
  clause: 'IEEE 802.3-2012 clause 3.1.1',
  check({ packet }) {
    return packet.ethernet ? any() : drop()
  },
})
