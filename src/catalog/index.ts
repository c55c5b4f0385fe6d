/**
 * What there is to run: network functions, topologies and traces, of the working directory and of the package. Where
 * both have one of a name, the working directory's counts, as everywhere.
 *
 * Files that cannot be read do not hide the others: they are listed as problems, one line each.
 *
 * Called by `vigil list` and by the demo.
 */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'

import { VigilError } from '../errors.js'
import { readManifest } from '../nf/manifest.js'
import { packageRoot } from '../package-root.js'
import { loadTopology } from '../testbed/index.js'

export interface CatalogNf {
  readonly name: string
  readonly title: string
  /** Its folder. */
  readonly path: string
  /** There is no binary of it: its topology sets it up. */
  readonly blackBox?: boolean
  readonly ports: { readonly count: number; readonly min: number; readonly max: number }
  readonly spec?: string
  /** Names of its configuration. */
  readonly config: readonly string[]
  /** What it chose where its specification leaves a freedom. */
  readonly options: Readonly<Record<string, string>>
  readonly topology?: string
}

export interface CatalogFile {
  readonly name: string
  readonly title: string
  readonly path: string
}

export interface CatalogTrace {
  readonly name: string
  readonly path: string
  readonly bytes: number
}

export interface Catalog {
  readonly nfs: readonly CatalogNf[]
  readonly topologies: readonly CatalogFile[]
  readonly traces: readonly CatalogTrace[]
  /** What could not be read, one line each. */
  readonly problems: readonly string[]
}

/** @param folder Where to look beside the package; default: the working directory. */
export function catalog(folder = '.'): Catalog {
  const problems: string[] = []
  const roots = [...new Set([resolve(folder), packageRoot])]
  return {
    nfs: listed(roots, 'nfs', problems, nfOf),
    topologies: listed(roots, 'topologies', problems, topologyOf),
    traces: listed(roots, 'traces', problems, traceOf),
    problems,
  }
}

/** The entries of one kind by name; the first root that has a name wins. */
function listed<T>(
  roots: readonly string[],
  kind: string,
  problems: string[],
  read: (path: string) => T | undefined,
): readonly T[] {
  const found = new Map<string, T>()
  const seen = new Set<string>()
  for (const root of roots) {
    for (const name of namesIn(join(root, kind))) {
      if (seen.has(name)) continue
      seen.add(name)
      try {
        const entry = read(shown(join(root, kind, name)))
        if (entry !== undefined) found.set(name, entry)
      } catch (error) {
        if (!(error instanceof VigilError)) throw error
        problems.push(error.message)
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []
}

/** Relative where that is inside the working directory, absolute elsewhere. */
function shown(path: string): string {
  const short = relative('.', path)
  return short.startsWith('..') ? path : short
}

function nfOf(path: string): CatalogNf | undefined {
  const file = join(path, 'nf.yaml')
  if (!existsSync(file)) return undefined
  const { name, title, ports, spec, config, options, topology, code } = readManifest(file)
  return {
    name,
    title,
    path,
    ...(code === undefined ? { blackBox: true } : {}),
    ports: { count: ports.count, min: ports.min, max: ports.max },
    ...(spec === undefined ? {} : { spec: shown(spec) }),
    config: [...config.keys()],
    options: Object.fromEntries(options),
    ...(topology === undefined ? {} : { topology }),
  }
}

function topologyOf(path: string): CatalogFile | undefined {
  if (!/\.ya?ml$/.test(path)) return undefined
  const { name, title } = loadTopology(resolve(path))
  return { name, title, path }
}

function traceOf(path: string): CatalogTrace | undefined {
  if (!/\.(pcap|pcapng|cap)(\.gz)?$/.test(path)) return undefined
  return { name: basename(path), path, bytes: statSync(path).size }
}
