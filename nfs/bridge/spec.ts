import {
  div,
  drop,
  duration,
  expiringMap,
  flag,
  flood,
  forwardEach,
  forwardToSet,
  lookupTable,
  macAddress,
  option,
  perPort,
  port,
  ports,
  record,
  spec,
  u16,
  u32,
} from 'vigil-nf/spec'

/** An individual address in one VLAN: learning is independent (IEEE 802.1Q-2014 clause 8.8.8). */
export const Station = record({ vid: u16, mac: macAddress })
export const Location = record({ port })

const C_TAG = 0x8100 // IEEE 802.1Q-2014 table 9-1
const RESERVED = 0x0180c2000000 // the first of 16, IEEE 802.1Q-2014 table 8-1
const isGroup = (mac: number) => (div(mac, 0x10000000000) & 1) === 1 // IEEE 802-2014 section 8.2.2: the I/G bit
const contains = (set: number, member: number) => ((set >> member) & 1) === 1

const filtering = { capacity: u32, ageingTime: duration, staticEntries: lookupTable(macAddress, port) }
const sources = { groupSource: option('forward', 'drop'), nullSource: option('forward', 'drop') }
const vlans = { vlanAware: flag, pvid: perPort(u16), trunks: ports, trunkFrom: perPort(u16), trunkTo: perPort(u16) }
const tags = { tagging: option('kept', 'changed') }

export default spec({
  title: 'MAC bridge, with or without VLANs (IEEE 802.1Q-2014 clauses 8.6 to 8.8)',
  config: { ...filtering, ...vlans, ...tags, ...sources },
  tagAware: (config) => config.vlanAware,
  state: ({ capacity }) => ({ stations: expiringMap(Station, capacity, Location) }),

  process({ packet, ingress, now, config, portCount, stations }) {
    stations.expireOlderThan(now - config.ageingTime) // IEEE 802.1Q-2014 clause 8.8.3
    const { ethernet, vlan } = packet
    if (!ethernet || (config.vlanAware && !vlan && ethernet.type === C_TAG)) return drop() // IEEE 802.3-2012 clause 3.1.1: cut short
    const { src, dst } = ethernet
    if (config.groupSource === 'drop' && isGroup(src)) return drop() // IEEE 802.3-2012 clause 3.2.3 b)
    if (config.nullSource === 'drop' && src === 0) return drop() // IEEE 802-2014 clause 8.2: no station has it

    const tag = vlan && vlan.tpid === C_TAG ? vlan : undefined
    const pvid = config.pvid.at(ingress)
    const isTrunk = contains(config.trunks, ingress)
    let vid = config.vlanAware ? pvid : 0
    if (tag && tag.id !== 0) vid = tag.id // IEEE 802.1Q-2014 clause 6.9.1
    if (vid === 0xfff) return drop() // IEEE 802.1Q-2014 table 9-2: reserved VID
    const [from, to] = [config.trunkFrom.at(ingress), config.trunkTo.at(ingress)]
    const isMember = isTrunk && vid >= from && vid <= to
    if (config.vlanAware && vid !== pvid && !isMember) return drop() // IEEE 802.1Q-2014 clause 8.6.2

    if (!isGroup(src) && config.staticEntries.get(src) === undefined) {
      const station = Station({ vid, mac: src }) // IEEE 802.1Q-2014 clause 8.7: learning, moves included
      const slot = stations.touch(station, now) ?? stations.insert(station, now, Location({ port: ingress }))
      if (slot !== undefined) stations.setValue(slot, Location({ port: ingress }))
    }

    if (dst >= RESERVED && dst < RESERVED + 16) return drop() // IEEE 802.1Q-2014 clause 8.6.3, table 8-1
    let known = config.staticEntries.get(dst)
    if (known === undefined && !isGroup(dst)) {
      // IEEE 802.1Q-2014 clause 8.7: only individual addresses are learned
      const learned = stations.get(Station({ vid, mac: dst }))
      if (learned !== undefined) known = stations.valueAt(learned).port
    }
    if (known === ingress) return drop() // IEEE 802.1Q-2014 clause 8.6.1: never back to the reception port
    if (!config.vlanAware && known === undefined) return flood(packet) // IEEE 802.1Q-2014 clause 8.6.3: unknown or group

    let [tagged, untagged] = [0, 0] // IEEE 802.1Q-2014 clause 8.8.2: trunks send VIDs tagged, the others their PVID untagged
    for (let egress = 0; egress < portCount; egress++) {
      const trunk = contains(config.trunks, egress)
      const isPvid = config.pvid.at(egress) === vid
      const [first, last] = [config.trunkFrom.at(egress), config.trunkTo.at(egress)]
      const isWanted = egress !== ingress && (known === undefined || known === egress)
      if (config.vlanAware && trunk && isWanted && (isPvid || (vid >= first && vid <= last))) tagged |= 1 << egress
      if (isWanted && (!config.vlanAware || (!trunk && isPvid))) untagged |= 1 << egress
    }
    if (config.vlanAware && config.tagging === 'changed') {
      if ((tagged | untagged) === 0) return drop() // IEEE 802.1Q-2014 clause 8.6.4: no other port is in the member set
      const withTag = tag ? packet.with({ vlan: { id: vid } }) : packet.tagged({ id: vid })
      const sent = [
        [tagged, withTag],
        [untagged, tag ? packet.untagged() : packet],
      ] as const
      return forwardEach(sent) // IEEE 802.1Q-2014 clauses 8.6.3, 8.8.2 and 6.9.2
    }
    const carriers = tag ? tagged : untagged
    if (carriers === 0) return drop() // IEEE 802.1Q-2014 clause 8.6.4: no port sends this VID in this form
    if (!tag) return forwardToSet(carriers, packet) // IEEE 802.1Q-2014 clause 8.6.3
    return forwardToSet(carriers, packet.with({ vlan: { id: vid } })) // IEEE 802.1Q-2014 clause 6.9.2: never VID 0
  },
})
