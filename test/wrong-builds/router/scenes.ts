/** What a router is asked in its scenes. */
import { buildFrame, type FrameParts } from '../../../src/packet/index.js'
import { cut } from '../frames.js'
import { Scene } from '../scene.js'

/** Each network is one bit longer than another, or a byte; port 0 leads to most of 10.0.0.0/8. */
const routes = {
  '0.0.0.0/1': 2,
  '10.0.0.0/8': 0,
  '10.64.0.0/10': 1,
  '10.64.7.0/24': 2,
  '203.0.0.0/8': 1,
  '224.0.0.0/4': 1,
}

const HOST = '10.0.0.7'
const SERVER = '203.0.113.9'

/** A datagram that the station before `port` sends to the router, from a host there. */
function datagram(port: number, src: string, dst: string, { ipv4, ...more }: FrameParts = {}): Uint8Array {
  return buildFrame({
    ethernet: { dst: `02:00:00:00:00:0${port}`, src: `02:00:00:00:01:0${port}` },
    ipv4: { src, dst, ttl: 64, ...ipv4 },
    udp: { srcPort: 1000, dstPort: 2000 },
    payload: 'hello',
    ...more,
  })
}

const scene = (name: string) => new Scene(name, { nf: 'router', ports: 3, config: { routes } })
const withHeader = (ipv4: NonNullable<FrameParts['ipv4']>) => datagram(0, HOST, SERVER, { ipv4 })

export const ways = scene('ways')
  .send('forth', 0, datagram(0, HOST, SERVER))
  .send('back', 1, datagram(1, SERVER, HOST))
  .send('the longer prefix', 0, datagram(0, HOST, '10.64.0.9'))
  .send('the longest prefix', 0, datagram(0, HOST, '10.64.7.9'))
  .send('the shortest prefix', 0, datagram(0, HOST, '100.64.0.9'))
  .send('by the port that it came by', 1, datagram(1, SERVER, '203.0.113.77'))
  .send('no route', 0, datagram(0, HOST, '192.0.2.1'))
  .send('two hops left', 0, withHeader({ ttl: 2 }))
  .send('the last hop', 0, withHeader({ ttl: 1 }))
  .send('no hop left', 0, withHeader({ ttl: 0 }))
  .send('a later fragment', 0, withHeader({ fragmentOffset: 100 }))

export const headers = scene('headers')
  .send('as it should be', 0, datagram(0, HOST, SERVER))
  .send('to another station', 0, datagram(1, HOST, SERVER))
  .send('to all stations', 0, datagram(0, HOST, SERVER, { ethernet: { dst: 'ff:ff:ff:ff:ff:ff' } }))
  .send('IPv6', 0, buildFrame({ ethernet: { dst: '02:00:00:00:00:00' }, ipv6: {}, udp: {} }))
  .send('version 6', 0, withHeader({ version: 6 }))
  .send('a header of 16 bytes', 0, withHeader({ ihl: 4 }))
  .send('cut in the header', 0, cut(datagram(0, HOST, SERVER), 33))
  .send('cut short', 0, cut(datagram(0, HOST, SERVER), 46))
  .send('shorter than its header', 0, withHeader({ totalLength: 19 }))
  .send('with options', 0, withHeader({ options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) }))
  .send('a wrong checksum', 0, withHeader({ headerChecksum: 0x1234 }))

export const addresses = scene('addresses')
  .send('from no network', 0, datagram(0, '0.1.2.3', SERVER))
  .send('from a loopback address', 0, datagram(0, '127.0.0.1', SERVER))
  .send('from a link-local address', 0, datagram(0, '169.254.1.2', SERVER))
  .send('from a group', 0, datagram(0, '224.0.0.9', SERVER))
  .send('from all', 0, datagram(0, '255.255.255.255', SERVER))
  .send('from the router', 0, datagram(0, '10.255.1.1', SERVER))
  .send('for no network', 0, datagram(0, HOST, '0.1.2.3'))
  .send('for a loopback address', 0, datagram(0, HOST, '127.0.0.1'))
  .send('for a link-local address', 0, datagram(0, HOST, '169.254.1.2'))
  .send('for a group', 0, datagram(0, HOST, '224.0.0.9'))
  .send('for the router', 0, datagram(0, HOST, '10.255.2.1'))
  .send('between the two', 0, datagram(0, '10.255.1.2', '128.0.0.0'))
  .send('before the loopback addresses', 0, datagram(0, '126.255.255.255', SERVER))
  .send('before groups', 0, datagram(0, '223.255.255.255', SERVER))
