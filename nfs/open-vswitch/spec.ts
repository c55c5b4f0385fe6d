import {
  any,
  div,
  drop,
  duration,
  expiringMap,
  flood,
  forward,
  macAddress,
  port,
  record,
  spec,
  u16,
  u32,
} from 'vigil-nf/spec'

/** An address in one VLAN: learning is independent (IEEE 802.1Q-2014 clause 8.8.8). */
export const Station = record({ vid: u16, mac: macAddress })
export const Location = record({ port })

const isTag = (type: number) => type === 0x8100 || type === 0x88a8 // IEEE 802.1Q-2014 table 9-1
const isGroup = (mac: number) => (div(mac, 0x10000000000) & 1) === 1 // IEEE 802-2014 section 8.2.2: the I/G bit

// What ovs-vswitchd.conf.db(5) lists under forward-bpdu: IEEE 802.1Q-2014 table 8-1, Extreme's EDP and EAPS, Cisco's protocols.
const isIeee = (dst: number) => dst >= 0x0180c2000000 && dst <= 0x0180c200000f
const isExtreme = (dst: number) => dst === 0x00e02b000000 || dst === 0x00e02b000004 || dst === 0x00e02b000006
const isCisco = (dst: number) => dst === 0x01000c000000 || dst === 0x01000ccdcdcd || isOfCdp(dst)
const isOfCdp = (dst: number) => dst === 0x01000ccccccc || dst === 0x01000ccccccd || isCfm(dst)
const isCfm = (dst: number) => dst >= 0x01000cccccc0 && dst <= 0x01000cccccc7

export default spec({
  title: 'A switch that learns, all of its ports trunks of every VLAN (ovs-actions(7), NORMAL)',
  config: { capacity: u32, ageingTime: duration },
  tagAware: () => true,
  state: ({ capacity }) => ({ stations: expiringMap(Station, capacity, Location) }),

  process({ packet, ingress, now, config, stations }) {
    stations.expireOlderThan(now - config.ageingTime) // IEEE 802.1Q-2014 clause 8.8.3
    const { ethernet, vlan } = packet
    if (!ethernet || (!vlan && isTag(ethernet.type))) return drop() // IEEE 802.3-2012 clause 3.1.1: cut short
    if (vlan && packet.length < 20) return drop() // no two bytes behind the tag: the kernel hands on no such frame (skb_vlan_untag)
    const { src, dst } = ethernet
    if (isIeee(dst)) return drop() // IEEE 802.1Q-2014 clause 8.6.3, table 8-1
    if (isExtreme(dst) || isCisco(dst)) return drop() // ovs-vswitchd.conf.db(5), forward-bpdu

    const vid = vlan ? vlan.id : 0
    if (!isGroup(src)) {
      const station = Station({ vid, mac: src }) // IEEE 802.1Q-2014 clause 8.7: learning, moves included
      const slot = stations.touch(station, now) ?? stations.insert(station, now, Location({ port: ingress }))
      if (slot !== undefined) stations.setValue(slot, Location({ port: ingress }))
    }
    if (vlan && vid === 0) return any() // a tag of priority only is taken off on the way (priority-tags)
    if (isGroup(dst)) return flood(packet) // IEEE 802.1Q-2014 clause 8.6.3: group
    const learned = stations.get(Station({ vid, mac: dst }))
    if (learned === undefined) return flood(packet) // IEEE 802.1Q-2014 clause 8.6.3: unknown
    const egress = stations.valueAt(learned).port
    if (egress === ingress) return drop() // IEEE 802.1Q-2014 clause 8.6.1: never back to the reception port
    return forward(egress, packet) // IEEE 802.1Q-2014 clause 8.6.3
  },
})
