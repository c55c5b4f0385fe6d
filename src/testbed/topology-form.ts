/** The shape of a topology file: that which the published JSON Schema promises. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { Ajv } from 'ajv'

import { packageRoot } from '../package-root.js'
import type { DeviceFile, PortsFile } from './topology-ports.js'

export interface TopologyFile {
  title: string
  ports?: PortsFile
  device?: DeviceFile
  nodes: Record<string, { nf: string; binary?: string; ports?: number; config?: Record<string, unknown> }>
  hosts?: Record<string, HostFile>
  links?: LinkFile[]
  inputs: Record<string, string>
  replay?: ReplayFile
}

export interface HostFile {
  mac?: string
  ip?: string
  emits?: EmissionFile[]
  answers?: string[]
  gateway?: string
}

export interface EmissionFile {
  kind: 'heartbeat'
  every: string
  port?: number
  toMac?: string
  toIp?: string
}

export interface LinkFile {
  from: string
  to: string
  delay?: string
  jitter?: string
  loss?: number
  reorder?: { probability: number; by: string }
}

export interface ReplayFile {
  sides?: { inside: string | string[]; outside: string | string[] }
  clients?: string | string[]
  servers?: string | string[]
  stations?: string | string[]
  translates?: boolean
}

let compiled: ReturnType<typeof compile> | undefined

/** Says of data whether it has this shape, and what is wrong with it first. */
export function topologyForm(): ReturnType<typeof compile> {
  compiled ??= compile()
  return compiled
}

function compile() {
  const schema: unknown = JSON.parse(readFileSync(join(packageRoot, 'docs/schemas/topology.schema.json'), 'utf8'))
  if (typeof schema !== 'object' || schema === null) throw new Error('topology.schema.json is no schema')
  return new Ajv({ allErrors: false, verbose: true }).compile<TopologyFile>(schema)
}
