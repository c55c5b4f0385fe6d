/** Reads topology files: the JSON Schema for the shape, then what a schema cannot say; every fault has its line. */
import { readFileSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Ajv, type ErrorObject } from 'ajv'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'

import { InputError } from '../errors.js'
import { type Cidr, parseCidr, parseIpv4, parseMac } from '../packet/address.js'
import { parseDuration } from './duration.js'
import type { Emission, End, Topology, TopologyHost, TopologyInput, TopologyLink, TopologyReplay } from './topology.js'
import { type DeviceFile, type Path, type PortsFile, portsAndDevice } from './topology-ports.js'

/** The shape that docs/schemas/topology.schema.json promises. */
interface TopologyFile {
  title: string
  ports?: PortsFile
  device?: DeviceFile
  nodes: Record<string, { nf: string; binary?: string; ports?: number; config?: Record<string, unknown> }>
  hosts?: Record<string, { mac?: string; ip?: string; emits?: EmissionFile[]; answers?: string[]; gateway?: string }>
  links?: LinkFile[]
  inputs: Record<string, string>
  replay?: {
    sides?: { inside: string | string[]; outside: string | string[] }
    clients?: string | string[]
    servers?: string | string[]
    stations?: string | string[]
    translates?: boolean
  }
}
interface EmissionFile {
  kind: 'heartbeat'
  every: string
  port?: number
  toMac?: string
  toIp?: string
}
interface LinkFile {
  from: string
  to: string
  delay?: string
  jitter?: string
  loss?: number
  reorder?: { probability: number; by: string }
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const broadcastMac = 0xffff_ffff_ffff
const broadcastIp = 0xffff_ffff
const heartbeatPort = 3781

let compiled: ReturnType<typeof compile> | undefined

function compile() {
  const schema: unknown = JSON.parse(readFileSync(join(root, 'docs/schemas/topology.schema.json'), 'utf8'))
  if (typeof schema !== 'object' || schema === null) throw new Error('topology.schema.json is no schema')
  return new Ajv({ allErrors: false, verbose: true }).compile<TopologyFile>(schema)
}

/** Where topologies are looked up by name: ./topologies, then those that come with the package. */
export function topologyFolders(): readonly string[] {
  return [resolve('topologies'), join(root, 'topologies')]
}

/**
 * The topology of that name, or in that file.
 *
 * @throws InputError with file and line.
 */
export function loadTopology(nameOrFile: string): Topology {
  const tried = /[/\\]|\.ya?ml$/.test(nameOrFile)
    ? [isAbsolute(nameOrFile) ? nameOrFile : resolve(nameOrFile)]
    : topologyFolders().map((folder) => join(folder, `${nameOrFile}.yaml`))
  for (const file of tried) {
    const text = read(file)
    if (text !== undefined) return parseTopology(text, file)
  }
  throw new InputError(`there is no topology '${nameOrFile}'`, { hint: `looked for ${[...new Set(tried)].join(', ')}` })
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new InputError('the topology cannot be read', { file }, { cause: error })
  }
}

/** Checks the text of a topology; `file` is for messages and the name. */
export function parseTopology(text: string, file: string): Topology {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0])
    throw new InputError(`not YAML: ${fault.message}`, { file, line, column: col })
  }
  const data: unknown = document.toJS()
  compiled ??= compile()
  const reader = new Reader(file, document, lines)
  if (!compiled(data)) throw reader.schemaError(compiled.errors?.[0])
  return reader.topology(data)
}

class Reader {
  readonly #file: string
  readonly #document: Document
  readonly #lines: LineCounter
  #nodeNames: string[] = []
  #hostNames: string[] = []

  constructor(file: string, document: Document, lines: LineCounter) {
    this.#file = file
    this.#document = document
    this.#lines = lines
  }

  topology(data: TopologyFile): Topology {
    this.#nodeNames = Object.keys(data.nodes)
    this.#hostNames = Object.keys(data.hosts ?? {})
    const both = this.#hostNames.find((name) => this.#nodeNames.includes(name))
    if (both !== undefined) throw this.#error(['hosts', both], `'${both}' is a node already`)
    const nodes = Object.entries(data.nodes).map(([name, node]) => ({
      ...node,
      name,
      config: node.config ?? {},
      line: this.#line(['nodes', name]),
    }))
    const hosts = Object.entries(data.hosts ?? {}).map(([name, host], i) => this.#host(name, host, i))
    const links = this.#links(data.links ?? [])
    const inputs = this.#inputs(data.inputs, links)
    for (const [i, host] of hosts.entries()) {
      const linked = links.some(({ ends }) => ends.some((end) => end.kind === 'host' && end.host === i))
      if (host.emits.length > 0 && !linked)
        throw this.#error(['hosts', host.name], `'${host.name}' sends, but has no link`)
    }
    const replay = data.replay === undefined ? undefined : this.#replay(data.replay, inputs)
    return {
      file: this.#file,
      name: basename(this.#file).replace(/\.ya?ml$/, ''),
      title: data.title,
      ...portsAndDevice(data, nodes, {
        line: (path) => this.#line(path),
        error: (path, what, hint) => this.#error(path, what, hint),
        end: (text, path) => this.#end(text, path),
      }),
      nodes,
      hosts,
      links,
      inputs,
      ...(replay === undefined ? {} : { replay }),
    }
  }

  schemaError(error: ErrorObject | undefined): InputError {
    const path = (error?.instancePath ?? '').split('/').slice(1)
    const at = path.join('.')
    const where = at === '' ? 'the topology' : `'${at}'`
    switch (error?.keyword) {
      case 'required':
        return this.#error(path, `${where} has no '${String(error.params.missingProperty)}'`)
      case 'additionalProperties': {
        const key = String(error.params.additionalProperty)
        const known = Object.keys(error.parentSchema?.properties ?? {}).join(', ')
        return this.#error([...path, key], `${where} has no key '${key}'`, `there are ${known}`)
      }
      case 'enum':
        return this.#error(path, `${where} must be one of ${JSON.stringify(error.schema)}`)
      case 'pattern': {
        const wanted = String(error.parentSchema?.description ?? `a text like ${String(error.schema)}`)
        return this.#error(path, `${where} is ${JSON.stringify(error.data)}, not as it must be: ${wanted}`)
      }
      default:
        return this.#error(path, `${where} ${error?.message ?? 'is wrong'}`)
    }
  }

  #host(name: string, host: NonNullable<TopologyFile['hosts']>[string], index: number): TopologyHost {
    const at: Path = ['hosts', name]
    return {
      name,
      // Locally administered and different for each host, where the file says nothing.
      mac: host.mac === undefined ? 0x0200_0000_f000 + index : macOf(host.mac),
      ip: host.ip === undefined ? 0xc000_0201 + index : this.#ip(host.ip, [...at, 'ip']),
      answers: (host.answers ?? []).map((text, i) => this.#network(text, [...at, 'answers', i])),
      ...(host.gateway === undefined ? {} : { gateway: this.#ip(host.gateway, [...at, 'gateway']) }),
      emits: (host.emits ?? []).map((one, i) => this.#emission(one, [...at, 'emits', i])),
      line: this.#line(at),
    }
  }

  #emission(one: EmissionFile, at: Path): Emission {
    const every = this.#duration(one.every, [...at, 'every'])
    if (every === 0n) throw this.#error([...at, 'every'], 'a period must be above 0')
    return {
      kind: one.kind,
      every,
      port: one.port ?? heartbeatPort,
      toMac: one.toMac === undefined ? broadcastMac : macOf(one.toMac),
      toIp: one.toIp === undefined ? broadcastIp : this.#ip(one.toIp, [...at, 'toIp']),
    }
  }

  #links(files: readonly LinkFile[]): TopologyLink[] {
    const taken = new Map<string, number>()
    return files.map((link, i) => {
      const at: Path = ['links', i]
      const line = this.#line(at)
      const ends = [this.#end(link.from, [...at, 'from']), this.#end(link.to, [...at, 'to'])] as const
      for (const key of ['from', 'to'] as const) {
        const before = taken.get(link[key])
        if (before !== undefined) throw this.#error([...at, key], `'${link[key]}' is linked already, in line ${before}`)
        taken.set(link[key], line)
      }
      if (ends.every((end) => end.kind === 'host')) throw this.#error(at, 'a link needs a network function at one end')
      return {
        ends,
        line,
        delay: this.#duration(link.delay ?? '0s', [...at, 'delay']),
        jitter: this.#duration(link.jitter ?? '0s', [...at, 'jitter']),
        loss: link.loss ?? 0,
        reorder: link.reorder?.probability ?? 0,
        reorderBy: this.#duration(link.reorder?.by ?? '0s', [...at, 'reorder', 'by']),
      }
    })
  }

  #inputs(files: Readonly<Record<string, string>>, links: readonly TopologyLink[]): TopologyInput[] {
    const taken = new Map<string, string>()
    return Object.entries(files).map(([name, text]) => {
      const path: Path = ['inputs', name]
      const at = this.#end(text, path)
      const other = taken.get(text)
      if (other !== undefined) throw this.#error(path, `'${text}' is input '${other}' already`)
      taken.set(text, name)
      const between = links.find(
        ({ ends }) => ends.every((end) => end.kind === 'port') && ends.some((e) => same(e, at)),
      )
      if (between !== undefined) {
        throw this.#error(path, `'${text}' is linked to another network function in line ${between.line}`)
      }
      if (at.kind === 'host' && !links.some(({ ends }) => ends.some((end) => same(end, at)))) {
        throw this.#error(path, `host '${text}' has no link`)
      }
      return { name, at, line: this.#line(path) }
    })
  }

  #replay(file: NonNullable<TopologyFile['replay']>, inputs: readonly TopologyInput[]): TopologyReplay {
    const list = (value: string | string[], key: string): readonly string[] => {
      const names = typeof value === 'string' ? [value] : value
      const unknown = names.find((name) => !inputs.some((input) => input.name === name))
      if (unknown === undefined) return names
      throw this.#error(['replay', ...key.split('.')], `there is no input '${unknown}'`)
    }
    const { sides, clients, servers, stations, translates } = file
    if ((clients === undefined) !== (servers === undefined)) {
      throw this.#error(['replay'], "'clients' and 'servers' go together")
    }
    if ([sides, clients, stations].filter((kind) => kind !== undefined).length > 1) {
      throw this.#error(['replay'], "only one of 'sides', 'clients' with 'servers', and 'stations' can be said")
    }
    return {
      ...(sides === undefined
        ? {}
        : { sides: { inside: list(sides.inside, 'sides.inside'), outside: list(sides.outside, 'sides.outside') } }),
      ...(clients === undefined ? {} : { clients: list(clients, 'clients') }),
      ...(servers === undefined ? {} : { servers: list(servers, 'servers') }),
      ...(stations === undefined ? {} : { stations: list(stations, 'stations') }),
      ...(translates === undefined ? {} : { translates }),
    }
  }

  #end(text: string, path: Path): End {
    const [name = '', port] = text.split('.')
    if (port === undefined) {
      const host = this.#hostNames.indexOf(name)
      if (host >= 0) return { kind: 'host', host }
      const hint = this.#nodeNames.includes(name) ? `name its port, for example ${name}.0` : undefined
      throw this.#error(path, `there is no host '${name}'`, hint)
    }
    const node = this.#nodeNames.indexOf(name)
    if (node < 0) throw this.#error(path, `there is no node '${name}'`)
    if (Number(port) >= 30) throw this.#error(path, `'${text}': a network function has at most 30 ports`)
    return { kind: 'port', node, port: Number(port) }
  }

  #duration(text: string, path: Path): bigint {
    const value = parseDuration(text)
    if (value === undefined) throw this.#error(path, `'${text}' is too long`)
    return value
  }

  #network(text: string, path: Path): Cidr {
    const network = parseCidr(text)
    if (network === undefined)
      throw this.#error(path, `'${text}' is no network`, 'such as 192.0.2.0/24, zeros at its end')
    return network
  }

  #ip(text: string, path: Path): number {
    const address = parseIpv4(text)
    if (address === undefined) throw this.#error(path, `'${text}' is no IPv4 address`)
    return address
  }

  /** Line of what is at `path`, or of the nearest thing around it that has one. */
  #line(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const start = this.#start(path.slice(0, length))
      if (start !== undefined) return this.#lines.linePos(start).line
    }
    return 1
  }

  /** Offset of the key at `path` (a value may begin lines below its key), or of the element. */
  #start(path: Path): number | undefined {
    const parent = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true)
    const last = path[path.length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
      return isScalar(pair?.key) ? pair.key.range?.[0] : undefined
    }
    const node = this.#document.getIn(path, true)
    return isNode(node) ? node.range?.[0] : undefined
  }

  #error(path: Path, what: string, hint?: string): InputError {
    return new InputError(what, { file: this.#file, line: this.#line(path), ...(hint === undefined ? {} : { hint }) })
  }
}

function same(a: End, b: End): boolean {
  if (a.kind === 'port') return b.kind === 'port' && a.node === b.node && a.port === b.port
  return b.kind === 'host' && a.host === b.host
}

/** The schema has checked the form. */
function macOf(text: string): number {
  return parseMac(text) ?? 0
}
