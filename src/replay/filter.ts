/**
 * The filter language of `--filter`: the part of tcpdump's that is used most, with its meaning. `and` and `or` bind
 * equally and group from the left, `not` binds tighter; a value alone takes the qualifiers of the one before it
 * (`port 80 or 443`). docs/replay.md has the grammar.
 */
import { InputError } from '../errors.js'
import { parseIpv4, parseIpv6, parseMac } from '../packet/address.js'
import { isProtocol, type Predicate, protocolTest, type Qualifiers, valueTest } from './filter-tests.js'
import { FilterView } from './filter-view.js'

/** Says whether a frame is selected. */
export type Filter = (bytes: Uint8Array, start: number, length: number) => boolean

/** @throws InputError with the column of what cannot be understood. */
export function parseFilter(text: string): Filter {
  const parser = new Parser(text)
  const predicate = parser.parse()
  const view = new FilterView()
  return (bytes, start, length) => {
    view.read(bytes, start, length)
    return predicate(view)
  }
}

interface Token {
  readonly text: string
  /** 1-based. */
  readonly column: number
}

const words = new Set(['and', 'or', 'not', '&&', '||', '!', '(', ')'])

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0
  #last: Qualifiers | undefined

  constructor(text: string) {
    this.#text = text
    this.#tokens = [...text.matchAll(/&&|\|\||[()!]|[^\s()!&|]+|[&|]/g)].map((match) => ({
      text: match[0],
      column: match.index + 1,
    }))
  }

  parse(): Predicate {
    if (this.#tokens.length === 0) throw new InputError('the filter is empty')
    const predicate = this.#expression()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw this.#error(`'${rest.text}' is not expected here`, rest)
    return predicate
  }

  #expression(): Predicate {
    let left = this.#term()
    for (;;) {
      const operator = this.#peek()
      if (operator === 'and' || operator === '&&') {
        this.#at += 1
        left = both(left, this.#term())
      } else if (operator === 'or' || operator === '||') {
        this.#at += 1
        left = either(left, this.#term())
      } else return left
    }
  }

  #term(): Predicate {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw this.#error('something is missing at the end')
    if (token.text === 'not' || token.text === '!') {
      this.#at += 1
      const inner = this.#term()
      return (view) => !inner(view)
    }
    if (token.text === '(') {
      this.#at += 1
      const inner = this.#expression()
      if (this.#peek() !== ')') throw this.#error("a ')' is missing", this.#tokens[this.#at])
      this.#at += 1
      return inner
    }
    if (words.has(token.text)) throw this.#error(`'${token.text}' is not expected here`, token)
    return this.#primitive(token)
  }

  #primitive(token: Token): Predicate {
    if (token.text === 'less' || token.text === 'greater') return this.#lengthTest(token)
    if (token.text === 'vlan') return this.#vlanTest()
    const qualifiers = this.#qualifiers()
    const value = this.#tokens[this.#at]
    const hasValue = value !== undefined && !words.has(value.text)
    if (!hasValue && (value?.text !== '(' || qualifiers?.type === undefined)) {
      if (qualifiers?.protocol === undefined || qualifiers.direction !== undefined || qualifiers.type !== undefined) {
        throw this.#error(`a value is missing after '${this.#tokens[this.#at - 1]?.text ?? ''}'`, value)
      }
      const test = protocolTest(qualifiers.protocol)
      if (test === undefined) throw this.#error(`'${qualifiers.protocol}' needs host and an address`, value)
      return test
    }
    const used = qualifiers ?? this.#last ?? bareAddress(token.text)
    if (used === undefined) throw this.#error(`'${token.text}' is not a word of filters`, token, hint)
    this.#last = used
    if (value?.text === '(') return this.#term()
    this.#at += 1
    const test = valueTest(used, value?.text ?? '')
    if (typeof test === 'string') throw this.#error(test, value)
    return test
  }

  /** `[protocol] [src|dst] [host|net|port|portrange]`; undefined where none of them stands here. */
  #qualifiers(): Qualifiers | undefined {
    const begin = this.#at
    const protocol = this.#take((word) => isProtocol(word))
    let direction = this.#take((word) => word === 'src' || word === 'dst')
    const joint = this.#peek()
    if (direction === 'src' && (joint === 'or' || joint === 'and') && this.#peek(1) === 'dst') {
      this.#at += 2
      direction = `src ${joint} dst`
    }
    const type = this.#take((word) => ['host', 'net', 'port', 'portrange'].includes(word))
    return this.#at === begin ? undefined : { protocol, direction, type }
  }

  #lengthTest(token: Token): Predicate {
    const limit = this.#number(token)
    return token.text === 'less' ? ({ start, end }) => end - start <= limit : ({ start, end }) => end - start >= limit
  }

  #number(after: Token): number {
    const value = this.#tokens[this.#at + 1]
    if (value === undefined || !/^\d{1,9}$/.test(value.text)) {
      throw this.#error(`'${after.text}' needs a number of bytes`, value)
    }
    this.#at += 2
    return Number(value.text)
  }

  #vlanTest(): Predicate {
    this.#at += 1
    const id = this.#take((word) => /^\d+$/.test(word))
    if (id === undefined) return ({ vlan }) => vlan >= 0
    return ({ vlan }) => vlan === Number(id)
  }

  #peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead]?.text
  }

  #take(accept: (word: string) => boolean): string | undefined {
    const word = this.#peek()
    // A MAC address begins like no word; `ether` and the rest do.
    if (word === undefined || !accept(word) || parseMac(word) !== undefined) return undefined
    this.#at += 1
    return word
  }

  #error(what: string, at?: Token, help?: string): InputError {
    const column = at?.column ?? this.#text.length + 1
    return new InputError(`filter '${this.#text}', column ${column}: ${what}`, help === undefined ? {} : { hint: help })
  }
}

const hint =
  'there are ip ip6 arp tcp udp icmp icmp6 vlan, [src|dst] host net port portrange, ether host, less, greater, and or not'

/** An address alone is a host. */
function bareAddress(text: string): Qualifiers | undefined {
  if (parseIpv4(text) === undefined && parseIpv6(text) === undefined) return undefined
  return { protocol: undefined, direction: undefined, type: undefined }
}

function both(left: Predicate, right: Predicate): Predicate {
  return (view) => left(view) && right(view)
}

function either(left: Predicate, right: Predicate): Predicate {
  return (view) => left(view) || right(view)
}
