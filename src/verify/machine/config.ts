/** The configuration as the NF sees it: constants, or whatever a resolver says. */
import { Integers } from '../../domains/symbolic/integer.js'
import type { Path } from '../../domains/symbolic/path.js'
import type { ResolvedConfig } from '../../nf/config.js'
import type { Term, Terms } from '../../smt/index.js'
import type { OpenConfig } from '../configuration/open-config.js'

/** A value, its table's name, or undefined where the configuration has no such name. */
export type ConfigAnswer =
  | { readonly kind: 'value'; readonly term: Term }
  | { readonly kind: 'table'; readonly name: string }
  | undefined

/** Answers `config.<name>()` or, with an index of 32 bits, `config.<name>(index)`; `width` is that of the result. */
export type ConfigResolver = (name: string, index: Term | undefined, width: 32 | 64, path: Path) => ConfigAnswer

/** The resolver of a configuration of which some parameters stand for every value. */
export function openConfig(terms: Terms, open: OpenConfig): ConfigResolver {
  const integers = new Integers(terms)
  const constants = constantConfig(terms, open.config)
  return (name, index, width, path) => {
    const scalar = open.scalar(path, name)
    if (scalar !== undefined) return { kind: 'value', term: integers.bits(scalar, width) }
    const found = open.names.has(name) ? open.config.entries.get(name) : undefined
    if (found?.kind !== 'scalars' || typeof found.raw === 'bigint') return constants(name, index, width)
    const element = index && open.element(path, name, integers.unsigned(index))
    if (index === undefined || element === undefined) return undefined
    const inRange = terms.ult(index, terms.bv(found.raw.length, 32))
    return { kind: 'value', term: terms.ite(inRange, integers.bits(element, width), terms.bv(0, width)) }
  }
}

/** The resolver of a configuration that is known: constants, as src/nf/config-module.ts encodes them. */
export function constantConfig(
  terms: Terms,
  config: ResolvedConfig,
): (name: string, index: Term | undefined, width: 32 | 64) => ConfigAnswer {
  const value = (content: bigint, width: number): Term => terms.bv(BigInt.asUintN(width, content), width)
  return (name, index, width) => {
    if (name === 'portCount') return { kind: 'value', term: value(BigInt(config.portCount), width) }
    const found = config.entries.get(name)
    if (found === undefined) return countOf(name, width)
    if (found.kind !== 'scalars') return { kind: 'table', name }
    const { raw } = found
    if (typeof raw === 'bigint') return { kind: 'value', term: value(raw, width) }
    if (index === undefined) return undefined
    return { kind: 'value', term: element(raw, index, width) }
  }

  /** `<list>Count` */
  function countOf(name: string, width: number): ConfigAnswer {
    const found = name.endsWith('Count') ? config.entries.get(name.slice(0, -'Count'.length)) : undefined
    if (found?.kind !== 'scalars' || found.entry.shape !== 'list' || typeof found.raw === 'bigint') return undefined
    return { kind: 'value', term: value(BigInt(found.raw.length), width) }
  }

  /** One condition for each element; out of range, 0. */
  function element(raw: readonly bigint[], index: Term, width: number): Term {
    return raw.reduceRight(
      (rest, content, at) => terms.ite(terms.eq(index, terms.bv(at, 32)), value(content, width), rest),
      value(0n, width),
    )
  }
}
