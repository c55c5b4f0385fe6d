/** The parts of a topology file that name ports and hosts: links, inputs, and by which of these a trace enters. */
import type { End, TopologyInput, TopologyLink, TopologyReplay } from './topology.js'
import type { LinkFile, ReplayFile } from './topology-form.js'
import type { Path, Places } from './topology-places.js'

export class Ends {
  readonly #nodes: readonly string[]
  readonly #hosts: readonly string[]
  readonly #places: Places

  /** Of nodes and hosts with these names. */
  constructor(nodes: readonly string[], hosts: readonly string[], places: Places) {
    this.#nodes = nodes
    this.#hosts = hosts
    this.#places = places
  }

  /** What `text` names, such as `nat.0`. @throws InputError with the line of `path`. */
  end(text: string, path: Path): End {
    const [name = '', port] = text.split('.')
    if (port === undefined) {
      const host = this.#hosts.indexOf(name)
      if (host >= 0) return { kind: 'host', host }
      const hint = this.#nodes.includes(name) ? `name its port, for example ${name}.0` : undefined
      throw this.#places.error(path, `there is no host '${name}'`, hint)
    }
    const node = this.#nodes.indexOf(name)
    if (node < 0) throw this.#places.error(path, `there is no node '${name}'`)
    if (Number(port) >= 30) throw this.#places.error(path, `'${text}': a network function has at most 30 ports`)
    return { kind: 'port', node, port: Number(port) }
  }

  links(files: readonly LinkFile[]): readonly TopologyLink[] {
    const places = this.#places
    const taken = new Map<string, number>()
    return files.map((link, i) => {
      const at: Path = ['links', i]
      const line = places.line(at)
      const ends = [this.end(link.from, [...at, 'from']), this.end(link.to, [...at, 'to'])] as const
      for (const key of ['from', 'to'] as const) {
        const before = taken.get(link[key])
        if (before !== undefined)
          throw places.error([...at, key], `'${link[key]}' is linked already, in line ${before}`)
        taken.set(link[key], line)
      }
      if (ends.every((end) => end.kind === 'host')) throw places.error(at, 'a link needs a network function at one end')
      return {
        ends,
        line,
        delay: places.duration(link.delay ?? '0s', [...at, 'delay']),
        jitter: places.duration(link.jitter ?? '0s', [...at, 'jitter']),
        loss: link.loss ?? 0,
        reorder: link.reorder?.probability ?? 0,
        reorderBy: places.duration(link.reorder?.by ?? '0s', [...at, 'reorder', 'by']),
      }
    })
  }

  inputs(files: Readonly<Record<string, string>>, links: readonly TopologyLink[]): readonly TopologyInput[] {
    const taken = new Map<string, string>()
    return Object.entries(files).map(([name, text]) => {
      const path: Path = ['inputs', name]
      const at = this.end(text, path)
      const other = taken.get(text)
      if (other !== undefined) throw this.#places.error(path, `'${text}' is input '${other}' already`)
      taken.set(text, name)
      const between = links.find(
        ({ ends }) => ends.every((end) => end.kind === 'port') && ends.some((e) => same(e, at)),
      )
      if (between !== undefined) {
        throw this.#places.error(path, `'${text}' is linked to another network function in line ${between.line}`)
      }
      if (at.kind === 'host' && !links.some(({ ends }) => ends.some((end) => same(end, at)))) {
        throw this.#places.error(path, `host '${text}' has no link`)
      }
      return { name, at, line: this.#places.line(path) }
    })
  }

  replay(file: ReplayFile, inputs: readonly TopologyInput[]): TopologyReplay {
    const list = (value: string | string[], key: string): readonly string[] => {
      const names = typeof value === 'string' ? [value] : value
      const unknown = names.find((name) => !inputs.some((input) => input.name === name))
      if (unknown === undefined) return names
      throw this.#places.error(['replay', ...key.split('.')], `there is no input '${unknown}'`)
    }
    const { sides, clients, servers, stations, translates } = file
    if ((clients === undefined) !== (servers === undefined)) {
      throw this.#places.error(['replay'], "'clients' and 'servers' go together")
    }
    if ([sides, clients, stations].filter((kind) => kind !== undefined).length > 1) {
      throw this.#places.error(['replay'], "only one of 'sides', 'clients' with 'servers', and 'stations' can be said")
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
}

function same(a: End, b: End): boolean {
  if (a.kind === 'port') return b.kind === 'port' && a.node === b.node && a.port === b.port
  return b.kind === 'host' && a.host === b.host
}
