/** The traces of traces/: how each is made, and how it is replayed. traces/README.md is printed from this list. */

export interface Recipe {
  /** File name in traces/. */
  readonly file: string
  readonly about: string
  /** Options of `vigil generate`. */
  readonly generate: readonly string[]
  readonly nf: string
  /** A file of traces/. */
  readonly topology?: string
  readonly config?: readonly string[]
  /** Networks of the inside; default: inferred. */
  readonly clients?: string
  readonly portRules?: readonly string[]
  /** More configurations that it is replayed with, each a run of its own. */
  readonly variants?: readonly (readonly string[])[]
}

/** Interface N of the file enters by port N. */
const byInterface = (ports: number) => Array.from({ length: ports }, (_, port) => `interface=${port}@${port}`)

const words = (text: string) => text.split(' ')

/** A table that fills, a flood that fills it, and flows that outlive it. */
const flood = words(
  '--packets 800 --syn-flood 0.6 --flows 20 --sizes 60-200 --near-misses 0 --malformed 0 --other 0 --fill-table 64',
)

export const recipes: readonly Recipe[] = [
  {
    file: 'nop-mixed.pcap',
    about: 'Conversations over IPv4 and IPv6 in both directions, with malformed and rare packets.',
    generate: words('--profile nop --packets 500 --malformed 0.2 --other 0.1'),
    nf: 'nop',
  },
  {
    file: 'nop-three-ports.pcapng',
    about: 'The third of three ports has no partner.',
    generate: words('--profile nop --packets 200 --sizes 60-120 --client-ports 0,2'),
    nf: 'nop',
    topology: 'three-port.yaml',
    portRules: byInterface(3),
  },
  {
    file: 'nat-web.pcap',
    about: 'Hosts behind a NAT talk to servers, and flows are used just before, at and after their expiration.',
    generate: words('--profile nat --packets 500 --near-misses 0 --malformed 0 --other 0 --scan 0'),
    nf: 'nat',
  },
  {
    file: 'nat-strangers.pcap',
    about:
      'A few flows, and many packets that almost belong to them, scans of the external address, malformed packets.',
    generate: words(
      '--profile nat --packets 1200 --flows 8 --flow-length 100 --sizes 60-200 --scan 0.4 --scan-target 198.51.100.1:1024-1039 --near-misses 0.2 --malformed 0.2 --seed 2',
    ),
    nf: 'nat',
    clients: '10.0.0.0/16',
  },
  {
    file: 'nat-flood.pcap',
    about: 'A SYN flood fills a table of 64 mappings.',
    generate: ['--profile', 'nat', ...flood, '--scan', '0'],
    nf: 'nat',
    config: ['maxFlows=64'],
  },
  {
    file: 'firewall-dual-stack.pcap',
    about: 'Hosts behind a firewall talk to servers over IPv4 and IPv6, with the exact ends of expiration.',
    generate: words('--profile firewall --packets 500 --ipv6 0.5 --near-misses 0 --malformed 0 --other 0'),
    nf: 'firewall',
  },
  {
    file: 'firewall-strangers.pcap',
    about: 'A few flows of both IP versions, and many packets that almost belong to them, malformed packets.',
    generate: words(
      '--profile firewall --packets 1200 --flows 8 --flow-length 100 --sizes 74-200 --near-misses 0.5 --malformed 0.2 --seed 2',
    ),
    nf: 'firewall',
    clients: '10.0.0.0/16,fd00:10::/64',
  },
  {
    file: 'firewall-flood.pcap',
    about: 'A SYN flood fills a table of 64 flows.',
    generate: ['--profile', 'firewall', ...flood],
    nf: 'firewall',
    config: ['maxFlows=64'],
  },
  {
    file: 'firewall-branches.pcapng',
    about: 'Clients on two internal ports, and packets that enter by the port of the others.',
    generate: words('--profile firewall --packets 700 --flows 20 --sizes 60-200 --near-misses 0.3 --client-ports 0,2'),
    nf: 'firewall',
    topology: 'three-port.yaml',
    portRules: byInterface(3),
  },
  {
    file: 'bridge-office.pcapng',
    about: 'Stations on four ports that move, unknown, group and reserved destinations, and the exact end of ageing.',
    generate: words('--profile bridge --packets 800 --sizes 60-260 --moves 0.03 --reserved 0.05'),
    nf: 'bridge',
    variants: [['traces/bridge-static.yaml'], ['pvid=1,1,2,2', 'vlanAware=true']],
    portRules: byInterface(4),
  },
  {
    file: 'bridge-crowded.pcapng',
    about: 'Many more stations than a table of 16 holds, forgotten after 50 ms.',
    generate: words('--profile bridge --packets 900 --sizes 60-200 --macs 200 --popularity uniform --seed 2'),
    nf: 'bridge',
    config: ['capacity=16', 'ageingTime=50ms'],
    portRules: byInterface(4),
  },
  {
    file: 'bridge-vlans.pcapng',
    about: 'Tagged and untagged frames between two trunks and two ports of VLAN 1, a VLAN-aware bridge.',
    generate: words('--profile bridge --packets 800 --sizes 60-260 --macs 24 --vlans 0,1,2,3,4095 --seed 3'),
    nf: 'bridge',
    config: ['vlanAware=true', 'trunks=0,1'],
    portRules: byInterface(4),
  },
  {
    file: 'balancer-service.pcapng',
    about:
      'Clients of a service, heartbeats of three backends of which one is silent for a while, answers; then connections and backends at the exact end of their waiting times.',
    generate: words('--profile balancer --packets 900 --sizes 60-200 --ipv6 0.5 --malformed 0.2'),
    nf: 'balancer',
    topology: 'balancer.yaml',
    portRules: byInterface(4),
  },
  {
    file: 'policer-downloads.pcap',
    about:
      'Downloads of a few hosts at several times their rate, and packets that a bucket just pays for, or just not.',
    generate: words(
      '--profile policer --packets 700 --sizes 60-400 --pps 200000 --ipv6 0.5 --udp 0.6 --clients 10.0.0.0/30,fd00:10::/126,fd00:20::/126,::a00:0/126,a00:1::/126',
    ),
    nf: 'policer',
    config: ['rate=1000000', 'burst=5000'],
    variants: ['frame', 'frame+fcs', 'line'].map((count) => ['rate=1000000', 'burst=5000', `count=${count}`]),
  },
  {
    file: 'policer-strangers.pcap',
    about: 'More destinations than a table of 8 holds, malformed packets.',
    generate: words(
      '--profile policer --packets 800 --sizes 60-200 --ipv6 0.5 --malformed 0.5 --other 0.1 --fill-table 8 --seed 2',
    ),
    nf: 'policer',
    config: ['rate=1000000', 'burst=5000', 'capacity=8'],
  },
]

/** The words after `vigil` that write a trace to `path`. */
export function generateWords({ generate }: Recipe, path: string): readonly string[] {
  return ['generate', path, ...generate]
}

/** One replay of a trace. */
export interface RecipeRun {
  /** Of its folder: the trace's, numbered from the second on. */
  readonly name: string
  readonly config: readonly string[]
}

/** With its own configuration, then with each variant. */
export function runsOf({ file, config = [], variants = [] }: Recipe): readonly RecipeRun[] {
  const stem = file.replace(/\.pcap(ng)?$/, '')
  return [config, ...variants].map((one, i) => ({ name: i === 0 ? stem : `${stem}-${i + 1}`, config: one }))
}

/** The words after `vigil` that replay a trace from the project's folder. */
export function replayWords(recipe: Recipe, { config }: RecipeRun): readonly string[] {
  const { file, nf, topology, clients, portRules = [] } = recipe
  return [
    ...['replay', `traces/${file}`, '--nf', nf],
    ...(topology === undefined ? [] : ['--topology', `traces/${topology}`]),
    ...config.flatMap((value) => ['--config', value]),
    ...(clients === undefined ? [] : ['--clients', clients]),
    ...portRules.flatMap((rule) => ['--port-rule', rule]),
  ]
}
