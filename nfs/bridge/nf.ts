/**
 * A MAC bridge (IEEE 802.1Q-2014 clauses 8.6 to 8.8): it remembers behind which port each station was last heard, and
 * sends a frame for a known station to that port only, any other frame to all ports but the one it came from.
 */
import {
  DROP,
  ETHERNET_LENGTH,
  ETHERNET_SOURCE,
  ETHERNET_TYPE,
  ETHERTYPE_VLAN,
  expiring_map_allocate,
  expiring_map_expire,
  expiring_map_get,
  expiring_map_insert,
  expiring_map_touch,
  expiring_map_value,
  FLOOD,
  forwardToSet,
  loadU16BE,
  map_get,
  storeU16BE,
} from '../../libvig/api'

@external('config', 'portCount')
declare function configPortCount(): i32
@external('config', 'capacity')
declare function configCapacity(): i32
@external('config', 'ageingTime')
declare function configAgeingTime(): i64
@external('config', 'staticEntries')
declare function configStaticEntries(): i32
@external('config', 'vlanAware')
declare function configVlanAware(): i32
@external('config', 'pvid')
declare function configPvid(port: i32): i32
@external('config', 'trunks')
declare function configTrunks(): i32

/** No port: the station is not known. */
const UNKNOWN: i32 = -1
/** Tag control information: after the TPID, 4 bits of priority, then the VID. */
const TAG_CONTROL: i32 = 14
const TAG_END: i32 = 18
const VID_MASK: i32 = 0xfff
const RESERVED_VID: i32 = 0xfff

/** A station's key: the 6 bytes of its address, then its VID in 2 (0 where VLANs are not read). */
const KEY_SIZE: i32 = 8
const key: i32 = <i32>memory.data(8)
const out: i32 = <i32>memory.data(4)

let stations: i32 = 0
let staticEntries: i32 = 0
let ageingTime: i64 = 0
let vlanAware: bool = false
let trunks: i32 = 0
let portCount: i32 = 0

export function nf_init(): i32 {
  staticEntries = configStaticEntries()
  ageingTime = configAgeingTime()
  vlanAware = configVlanAware() != 0
  trunks = configTrunks()
  portCount = configPortCount()
  if (!expiring_map_allocate(KEY_SIZE, 4, configCapacity(), out)) return 0
  stations = load<i32>(out)
  return 1
}

@inline
function isTrunk(port: i32): bool {
  return ((trunks >> port) & 1) == 1
}

/** Whether the address at `mac` has the I/G bit, the first one on the wire. */
@inline
function isGroup(mac: i32): bool {
  return (load<u8>(mac) & 1) == 1
}

/** Whether the destination of `packet` is one of 01-80-C2-00-00-00 to 0F (table 8-1). Two bytes more are read. */
@inline
function isReserved(packet: i32): bool {
  return (load<u64>(packet) & 0x0000f0ffffffffff) == 0x00c28001
}

@inline
function setKey(mac: i32, vid: i32): void {
  store<u32>(key, load<u32>(mac))
  store<u16>(key, load<u16>(mac, 4), 4)
  store<u16>(key, <u16>vid, 6)
}

/** Learns that the station at `mac` is behind `port`; a full table learns nothing new (clause 8.7). */
@inline
function learn(mac: i32, vid: i32, port: i32, now: i64): void {
  if (isGroup(mac) || map_get(staticEntries, mac, out)) return
  setKey(mac, vid)
  if (expiring_map_touch(stations, key, now, out) || expiring_map_insert(stations, key, now, out)) {
    store<i32>(expiring_map_value(stations, load<i32>(out)), port)
  }
}

/** The port of the station at `mac`, by static entry or learned. */
@inline
function portOf(mac: i32, vid: i32): i32 {
  if (map_get(staticEntries, mac, out)) return load<i32>(out)
  if (isGroup(mac)) return UNKNOWN
  setKey(mac, vid)
  if (!expiring_map_get(stations, key, out)) return UNKNOWN
  return load<i32>(expiring_map_value(stations, load<i32>(out)))
}

/** The ports that send `vid` in this form: trunks tagged, the others their PVID untagged. */
function carriersOf(vid: i32, tagged: bool): i32 {
  if (tagged) return trunks
  let carriers = 0
  for (let port = 0; port < portCount; port++) carriers |= <i32>(configPvid(port) == vid) << port
  return carriers & ~trunks
}

function processTransparent(port: i32, packet: i32, now: i64): i32 {
  learn(packet + ETHERNET_SOURCE, 0, port, now)
  if (isReserved(packet)) return DROP
  const known = portOf(packet, 0)
  if (known == UNKNOWN) return FLOOD
  return known == port ? DROP : known
}

function processVlan(port: i32, packet: i32, length: i32, now: i64): i32 {
  const tagged = loadU16BE(packet + ETHERNET_TYPE) == ETHERTYPE_VLAN
  if (tagged && length < TAG_END) return DROP
  const control = tagged ? loadU16BE(packet + TAG_CONTROL) : 0
  const pvid = configPvid(port)
  const vid = (control & VID_MASK) != 0 ? control & VID_MASK : pvid
  if (vid == RESERVED_VID) return DROP
  if (vid != pvid && !isTrunk(port)) return DROP

  learn(packet + ETHERNET_SOURCE, vid, port, now)
  if (isReserved(packet)) return DROP
  const known = portOf(packet, vid)
  const candidates = (known == UNKNOWN ? -1 : 1 << known) & ~(1 << port)
  const egress = carriersOf(vid, tagged) & candidates
  if (egress == 0) return DROP
  if (tagged) storeU16BE(packet + TAG_CONTROL, (control & ~VID_MASK) | vid)
  return forwardToSet(egress)
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  expiring_map_expire(stations, now - ageingTime)
  if (length < ETHERNET_LENGTH) return DROP
  return vlanAware ? processVlan(port, packet, length, now) : processTransparent(port, packet, now)
}
