/** `vigil generate`: writes a synthetic trace. */

import type { Command } from 'commander'

import { profiles } from '../generate/profiles.js'
import { limits, parseTraceOptions, type TraceText } from '../generate/text-options.js'
import { counted } from '../report/format.js'
import { integer, type VerbContext, verb } from './command.js'

interface Options extends TraceText {
  readonly json?: boolean
}

export function generateVerb({ terminal }: VerbContext): Command {
  const command = verb('generate', 'write a synthetic trace: the same bytes for the same options', [
    'vigil generate nat.pcap --profile nat --packets 10000',
    'vigil generate office.pcapng --profile bridge --macs 500 --moves 0.01',
    'vigil generate attack.pcap --duration 10s --pps 50000 --syn-flood 0.9 --seed 7',
    'vigil generate big.pcap --packets 1e6 --flows 60000 --popularity zipf:1.1 --sizes 60:7,590:4,1514:1',
  ])
    .argument('<file>', 'pcap with nanoseconds; named *.pcapng: pcapng with an interface for each port')
    .option('--profile <name>', `the usual traffic of: ${Object.keys(profiles).join(', ')}`, 'nat')
    .option('--seed <number>', 'of all that is random (default: 1)', integer('--seed', 0))
    .option('--packets <number>', 'heartbeats and probes not counted', integer('--packets', 1, limits.packets))
    .option('--duration <time>', 'in place of --packets: 10s, 5min')
    .option('--pps <number>', 'packets a second on average', integer('--pps', 1, limits.pps))
    .option('--sizes <mix>', 'imix, 128, 64-1500, or with weights 60:7,590:4,1514:1; without FCS')
    .option('--flows <number>', 'conversations at a time', integer('--flows', 1, limits.flows))
    .option('--popularity <law>', 'of flows and stations: uniform, or zipf:1.1')
    .option(
      '--new-flows-per-second <n>',
      'begun in place of old ones',
      integer('--new-flows-per-second', 0, limits.pps),
    )
    .option('--flow-length <packets>', 'data packets of a conversation on average', integer('--flow-length', 1, 1e9))
    .option('--clients <networks>', 'where clients are: 10.0.0.0/8,fd00::/64')
    .option('--servers <networks>', 'where servers are')
  addShares(command)
  addStations(command)
  return command
    .option('--no-heartbeats', 'none of the backends (profile balancer)')
    .option('--client-ports <list>', 'ports of the device by which clients enter: 0,2')
    .option('--server-ports <list>', 'and servers')
    .option(
      '--fill-table <entries>',
      'at the end, a table of that size is filled and outlived',
      integer('--fill-table', 1, 65_536),
    )
    .option('--no-probes', 'no packets at the exact ends of waiting times')
    .action(async (file: string, { json, ...text }: Options) => {
      const { writeTrace } = await import('../generate/index.js')
      const options = parseTraceOptions(text)
      const { packets, bytes } = writeTrace(file, options)
      const line = `${file}: ${counted(packets, 'packet')}, ${counted(bytes, 'byte')}, seed ${options.seed}\n`
      terminal.out(json === true ? `${JSON.stringify({ file, packets, bytes, seed: options.seed })}\n` : line)
    })
}

function addShares(command: Command): void {
  command
    .option('--ipv6 <share>', 'of the conversations: 0 to 1, or 30%')
    .option('--udp <share>', 'of the conversations')
    .option('--syn-flood <share>', 'of the packets: SYNs of flows of their own')
    .option('--near-misses <share>', 'of the packets: replies that differ from a flow in one field')
    .option('--malformed <share>', 'of the packets: bad lengths, fragments, wrong checksums and the like')
    .option('--other <share>', 'of the packets: ARP, ICMP, ICMPv6, LLDP')
    .option('--scan <share>', 'of the packets: to the ports of --scan-target')
    .option('--scan-target <address:ports>', 'such as 198.51.100.1:1024-1087')
}

function addStations(command: Command): void {
  command
    .option('--macs <number>', 'stations of a bridged network', integer('--macs', 2, limits.flows))
    .option('--ports <number>', 'ports they are spread over', integer('--ports', 1, 30))
    .option('--moves <share>', 'of the frames: their sender has moved to another port')
    .option('--unknown <share>', 'of the frames: to stations that never speak')
    .option('--broadcast <share>', 'of the frames')
    .option('--multicast <share>', 'of the frames')
    .option('--reserved <share>', 'of the frames: to addresses that no bridge forwards')
    .option('--vlans <ids>', 'half of the frames carry one of these tags')
}
