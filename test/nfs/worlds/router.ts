/** Datagrams between networks with and without routes, some broken, and configurations of the router that make the most of them. */
import fc from 'fast-check'

import { buildFrame } from '../../../src/packet/build.js'
import { mutated } from '../frames.js'
import type { World } from '../random-frames.js'

const routes = '10.0.0.0/8=0,10.64.0.0/10=1,10.64.7.0/24=2,203.0.113.0/24=1,0.0.0.0/2=2,224.0.0.0/3=1'

/** At the ends of routes, of what is no host's, and of the router's own. */
const edges = [
  ...['10.0.0.0', '10.63.255.255', '10.64.0.0', '10.64.7.0', '10.64.7.255', '10.128.0.0', '203.0.113.9', '203.0.114.0'],
  ...['0.255.255.255', '1.0.0.0', '63.255.255.255', '64.0.0.0', '126.255.255.255', '127.0.0.1', '128.0.0.0'],
  ...['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ...['223.255.255.255', '224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  ...['10.255.0.1', '10.255.2.1', '10.255.3.1'],
]
const hosts = ['10.0.0.7', '10.64.7.9', '203.0.113.9', '9.9.9.9']
const address = fc.oneof(fc.constantFrom(...hosts), fc.constantFrom(...hosts), fc.constantFrom(...edges))

/** Offsets of a header's fields in a frame, and what they may become. */
const headerBytes = fc.tuple(
  fc.oneof(fc.constantFrom(0, 12, 14, 16, 17, 22, 23, 24, 25), fc.integer({ min: 14, max: 33 })),
  fc.oneof(fc.constantFrom(0, 1, 4, 0x44, 0x46, 0x60), fc.nat(255)),
)

const frames = fc
  .record({
    station: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, fc.nat(2)),
    src: address,
    dst: address,
    ttl: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 2, max: 255 }) }, fc.constantFrom(0, 1, 2)),
    protocol: fc.nat(255),
    identification: fc.nat(0xffff),
    flags: fc.nat(7),
    fragmentOffset: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(0x1fff)),
    options: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 10 })),
    payload: fc.nat(40),
    changes: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(headerBytes, { maxLength: 2 })),
    cut: fc.oneof({ weight: 10, arbitrary: fc.constant(undefined) }, fc.nat(100)),
  })
  .map(({ station, options, payload, changes, cut, ...ipv4 }) => {
    const frame = buildFrame({
      ethernet: { dst: `02:00:00:00:00:0${station ?? 0}` },
      ipv4: { ...ipv4, ...(options === 0 ? {} : { options: new Uint8Array(4 * options).fill(1) }) },
      payload: new Uint8Array(payload).fill(0xa5),
    })
    return mutated(frame, changes, cut)
  })

function world(what: string, config: World['config']): World {
  // Every port has the same address there, so that most frames are for the router whichever port they enter by.
  const deviceMac = '02:00:00:00:00:00,02:00:00:00:00:00,02:00:00:00:00:01'
  return { what, nf: 'router', config: { routes, deviceMac, ...config }, ports: 3, frames, gaps: [0, 1] }
}

export const worlds: readonly World[] = [
  world('options dropped', {}),
  world('options forwarded', { ipOptions: 'forward' }),
  world('a route for every address', { routes: `${routes},0.0.0.0/0=0`, address: '10.0.0.7,9.9.9.9,0.0.0.1' }),
]
