import { InputError } from '../errors.js'
import { type Cidr, parseCidr, parseMac } from '../packet/address.js'
import { readU16, readU32 } from '../packet/bytes.js'
import type { Layers } from '../packet/layers.js'
import { Networks } from './networks.js'

/** A rule of `--port-rule`: packets for which it holds enter by `input`. */
export interface PortRule {
  /** As the user wrote it. */
  readonly text: string
  readonly input: number
  /** Packets for which it decided. */
  matched: number
  matches(layers: Layers, interfaceId: number): boolean
}

/** `initiator@INPUT,OTHER`: who opens a flow enters by the one, who answers by the other. */
export interface InitiatorRule {
  readonly text: string
  readonly first: number
  readonly second: number
}

export interface PortRules {
  readonly rules: readonly PortRule[]
  readonly initiator: InitiatorRule | undefined
}

const forms = 'mac=ADDRESS@INPUT, net=NETWORK@INPUT, interface=NUMBER@INPUT or initiator@INPUT[,INPUT]'

/**
 * Reads the rules; `input` finds an input by its name, or by its port where there is one network function.
 *
 * @throws InputError for a rule that cannot be understood.
 */
export function parsePortRules(texts: readonly string[], inputs: readonly string[], input: InputFinder): PortRules {
  const rules: PortRule[] = []
  let initiator: InitiatorRule | undefined
  for (const text of texts) {
    const match = /^([a-z]+)(?:=(.+?))?\s*(?:@|->|→)\s*(.+)$/.exec(text.trim())
    if (match === null) throw new InputError(`the port rule '${text}' cannot be understood`, { hint: `write ${forms}` })
    const [, kind = '', value = '', target = ''] = match
    if (kind === 'initiator') {
      if (initiator !== undefined) throw new InputError(`a second initiator rule, '${text}'`)
      initiator = initiatorRule(text, target, inputs, input)
      continue
    }
    const matches = matcherOf(kind, value)
    if (matches === undefined) {
      throw new InputError(`the port rule '${text}' has no ${kind === 'mac' ? 'MAC address' : 'value'} that fits`, {
        hint: `write ${forms}`,
      })
    }
    rules.push({ text, input: findInput(text, target, inputs, input), matched: 0, matches })
  }
  return { rules, initiator }
}

/** Index of the input that a user means, undefined where there is none. */
export type InputFinder = (name: string) => number | undefined

function initiatorRule(text: string, target: string, inputs: readonly string[], input: InputFinder): InitiatorRule {
  const [first = '', second, ...more] = target.split(',').map((name) => name.trim())
  if (more.length > 0) throw new InputError(`the port rule '${text}' names more than two inputs`)
  const one = findInput(text, first, inputs, input)
  if (second !== undefined) return { text, first: one, second: findInput(text, second, inputs, input) }
  if (inputs.length !== 2) {
    throw new InputError(`the port rule '${text}' must name two inputs`, { hint: `there are ${inputs.join(', ')}` })
  }
  return { text, first: one, second: 1 - one }
}

function findInput(text: string, name: string, inputs: readonly string[], input: InputFinder): number {
  const found = input(name)
  if (found === undefined) {
    throw new InputError(`the port rule '${text}' names no input of the topology: '${name}'`, {
      hint: `there are ${inputs.join(', ')}`,
    })
  }
  return found
}

function matcherOf(kind: string, value: string): PortRule['matches'] | undefined {
  switch (kind) {
    case 'mac': {
      const mac = parseMac(value)
      return mac === undefined ? undefined : (layers) => sourceMacIs(layers, mac)
    }
    case 'net': {
      const cidr = parseCidr(value)
      return cidr === undefined ? undefined : sourceIn(cidr)
    }
    case 'interface':
      return /^\d+$/.test(value) ? (_, interfaceId) => interfaceId === Number(value) : undefined
    default:
      return undefined
  }
}

function sourceMacIs(layers: Layers, mac: number): boolean {
  if (!layers.ethernet) return false
  const { bytes, start } = layers
  return readU16(bytes, start + 6) * 0x1_0000_0000 + readU32(bytes, start + 8) === mac
}

function sourceIn(cidr: Cidr): PortRule['matches'] {
  const networks = new Networks([cidr])
  return ({ bytes, ipv4, ipv6, arp }) => {
    if (ipv4 >= 0) return networks.find4(readU32(bytes, ipv4 + 12)) >= 0
    if (ipv6 >= 0) return networks.find6(bytes, ipv6 + 8) >= 0
    return arp >= 0 && networks.find4(readU32(bytes, arp + 14)) >= 0
  }
}
