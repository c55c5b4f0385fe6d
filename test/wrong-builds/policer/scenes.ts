/**
 * What a policer is asked in its scenes. Unless a scene says otherwise a bucket holds 100 bytes and gains one each
 * nanosecond, and sizes are those of datagrams.
 */
import { buildFrame, type FrameParts } from '../../../src/packet/index.js'
import { cut } from '../frames.js'
import { Scene, type SceneConfig } from '../scene.js'

const INSIDE = 0
const WAN = 1

const usual = { wan: WAN, capacity: 16, rate: 1_000_000_000, burst: 100, expiration: '1000 ns' }
const X = '10.0.0.11'
const Y = '10.0.0.12'

function scene(name: string, config: SceneConfig = {}): Scene {
  return new Scene(name, { nf: 'policer', ports: 2, config: { ...usual, ...config } })
}

/** A datagram of `size` bytes, its header included. */
function to(dst: string, size: number, more: FrameParts = {}): Uint8Array {
  if (dst.includes(':')) return buildFrame({ ipv6: { dst, ...more.ipv6 }, payload: new Uint8Array(size - 40) })
  const udp = size >= 28 ? { udp: {} } : {}
  return buildFrame({ payload: new Uint8Array(Math.max(0, size - 28)), ...udp, ...more, ipv4: { dst, ...more.ipv4 } })
}

export const bucket = scene('bucket')
  .send('from inside', INSIDE, to(X, 500))
  .send('a new bucket', WAN, to(X, 100))
  .send('nothing left', WAN, to(X, 28))
  .after(27)
  .send('a byte too little', WAN, to(X, 28))
  .after(1)
  .send('just enough', WAN, to(X, 28))
  .after(1)
  .send('and no more', WAN, to(X, 28))
  .send('larger than the bucket', WAN, to(Y, 101))
  .send('which takes nothing', WAN, to(Y, 100))
  .after(99)
  .send('full but for a byte', WAN, to(Y, 100))
  .after(1)
  .send('full', WAN, to(Y, 40))
  .after(90)
  .send('full again', WAN, to(Y, 100))
  .send('but not fuller', WAN, to(Y, 28))

/** Each address has a bucket of its own. */
export const addresses = scene('addresses')
  .send('one', WAN, to(X, 100))
  .send('another network', WAN, to('10.1.0.11', 100))
  .send('another host', WAN, to(Y, 100))
  .send('IPv6', WAN, to('2001:db8:1::11', 100))
  .send('IPv6, another network', WAN, to('2001:db8:2::11', 100))
  .send('IPv6, another host', WAN, to('2001:db8:1::12', 100))
  .send('IPv6 with the bits of IPv4', WAN, to('::a00:b', 100))
  .send('after IPv6 with other bits', WAN, to('1::2:0:a00:b', 100))
  .send('one again', WAN, to(X, 28))
  .send('IPv6 again', WAN, to('2001:db8:1::11', 48))
  .send('IPv6 larger than the bucket', WAN, to('2001:db8:3::11', 101))

/** Room for one bucket, so that it shows when it is forgotten. */
export const single = scene('single', { capacity: 1 })
  .send('opens', WAN, to(X, 100))
  .send('no bucket left', WAN, to(Y, 28))
  .after(1000)
  .send('at the end of the expiration', WAN, to(Y, 28))
  .after(1)
  .send('past it', WAN, to(Y, 28))
  .after(600)
  .send('used', WAN, to(Y, 28))
  .after(1000)
  .send('an expiration after the use', WAN, to(X, 28))
  .after(1)
  .send('past the use', WAN, to(X, 28))
  .after(600)
  .send('attacked', WAN, to(X, 101))
  .after(1000)
  .send('an expiration after the attack', WAN, to(Y, 28))

/** Half a byte each nanosecond. */
export const fractions = scene('fractions', { rate: 500_000_000 })
  .send('opens', WAN, to(X, 100))
  .after(1)
  .send('half a byte', WAN, to(X, 28))
  .after(55)
  .send('twenty-eight', WAN, to(X, 28))

/** At the highest rate, 2^52 ns make a number of bytes whose billionths are a multiple of 2^64. */
export const longWait = scene('long-wait', { rate: 1_000_000_000_000, burst: 200, expiration: '9000000 s' })
  .send('opens', WAN, to(X, 200))
  .after(2 ** 52)
  .send('after 52 days', WAN, to(X, 200))

/** With the largest bucket, tokens and what comes in together go beyond 2^63, and uncapped beyond 2^64. */
export const largest = scene('largest', { rate: 1_000_000_000_000, burst: 9_000_000_000, expiration: '10 ms' })
  .send('opens', WAN, to(X, 100))
  .after(8_900_000)
  .send('full', WAN, to(X, 28))
  .after(546_745)
  .send('full still', WAN, to(X, 1500))

const short = to(X, 28, { trailer: new Uint8Array(3) })
const long = to(X, 90, { trailer: new Uint8Array(10) })

/** Twenty short and twenty long frames empty the bucket to the byte, if they cost what they should. */
function counting(count: string, shortCost: number, longCost: number): Scene {
  const burst = 20 * (shortCost + longCost)
  const counted = scene(`count-${count.replace('+', '-')}`, { count, burst, rate: 1, expiration: `${burst} s` })
  for (let i = 1; i <= 40; i++) counted.send(`paid for #${i}`, WAN, i % 2 === 0 ? short : long)
  return counted.send('one too many', WAN, short)
}

export const byDatagram = counting('ip-length', 28, 90)
export const byFrame = counting('frame', 45, 114)
export const byFrameWithFcs = counting('frame+fcs', 64, 118)
export const byLine = counting('line', 84, 138)

export const shapes = scene('shapes', { capacity: 64, burst: 1000 })
  .send('IPv4', WAN, to(X, 40))
  .send('IPv4 and bytes after it', WAN, to(X, 40, { trailer: new Uint8Array(9) }))
  .send('IPv4 with options', WAN, to(X, 40, { ipv4: { options: new Uint8Array(4) } }))
  .send('a header alone', WAN, to(X, 20))
  .send('IPv6', WAN, to('2001:db8:1::11', 60))
  .send('later fragment', WAN, to(X, 40, { ipv4: { fragmentOffset: 9 } }))
  .send('ARP', WAN, buildFrame({ arp: {} }))
  .send('a frame of 14 bytes from inside', INSIDE, cut(to(X, 40), 14))
  .send('a frame of 13 bytes from inside', INSIDE, cut(to(X, 40), 13))
  .send('IP version 5', WAN, to(X, 40, { ipv4: { version: 5 } }))
  .send('a header of 16 bytes', WAN, to(X, 40, { ipv4: { ihl: 4 } }))
  .send('a datagram shorter than its header', WAN, to(X, 40, { ipv4: { totalLength: 19 } }))
  .send('a datagram longer than its frame', WAN, to(X, 40, { ipv4: { totalLength: 41 } }))
  .send('IPv6 with version 4', WAN, to('2001:db8:1::11', 60, { ipv6: { version: 4 } }))
  .send('IPv6 longer than its frame', WAN, to('2001:db8:1::11', 60, { ipv6: { payloadLength: 21 } }))
