/** The shape of a topology file: that which the published JSON Schema promises. */
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
  ip6?: string
  gateway6?: string
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
