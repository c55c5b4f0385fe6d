/**
 * From a model in which hash, sums, checksums, Maglev tables and long tables of the configuration are any functions to one in
 * which they are the real ones: their values are computed where the path uses them, and the path's facts asked again. Where it
 * uses sums, of packets whose checksums are right or wrong too.
 */

import { bytesOf, hashOf, outOf, placeKey, type RealLibvig } from '../contracts/realise/index.js'
import { ConcreteMaglev } from '../domains/concrete/maglev.js'
import { tableName } from '../domains/symbolic/config.js'
import type { WrittenFrame } from '../domains/symbolic/written-frame.js'
import { Evaluator, evaluate, FunctionValue, Model, reachable, type Term, type Value } from '../smt/index.js'
import { patched } from './exploration/patched.js'
import type { PacketRun } from './machine/index.js'
import { madeChecksums, waysOfChecksums } from './made-checksums.js'
import { bits, packetIn, withPacket, writtenOver } from './model-packet.js'
import type { RealNf } from './real-nf.js'

type Real = Pick<RealNf, 'libvig' | 'handles'>

/** The refined model; undefined where some fact does not hold in it. */
export function refined(
  model: Model,
  facts: readonly Term[],
  run: PacketRun,
  { libvig, handles }: Real,
): Model | undefined {
  const outputs = run.end.kind === 'returned' ? [run.end.result] : []
  const all = reachable([...facts, ...outputs, ...run.frame.writes.flatMap(({ offset, byte }) => [offset, byte])])
  const sums = sumsIn(all, run)
  for (const tried of sums.length === 0 ? [model] : summedRight(model, run)) {
    const better = patched(tried, new Model())
    realSums(better, sums)
    realHashes(better, all, libvig)
    realRows(better, all, run, { libvig, handles })
    realTables(better, all, run)
    realChecksums(better, run)
    const evaluator = new Evaluator(better)
    if (facts.every((fact) => evaluator.holds(fact))) return better
  }
  return undefined
}

interface SumUse {
  /** Of where the words begin and end. */
  readonly use: Term
  /** Whose words. */
  readonly frame: WrittenFrame
}

function sumsIn(all: readonly Term[], { frame }: PacketRun): readonly SumUse[] {
  return all.flatMap((use) => {
    const summed = frame.summedIn(use)
    return summed === undefined ? [] : [{ use, frame: summed }]
  })
}

/** Models whose packet has checksums that are as they are, right or wrong. */
function* summedRight(model: Model, { frame }: PacketRun): Generator<Model> {
  const packet = packetIn(frame, model)
  for (const wanted of waysOfChecksums([packet])) yield withPacket(model, frame, madeChecksums(packet, wanted))
}

function realSums(model: Model, sums: readonly SumUse[]): void {
  for (const { use, frame } of sums) {
    const values = new Evaluator(model)
    const [start, end] = use.args.map((arg) => Number(bits(values, arg)))
    const bytes = writtenOver(packetIn(frame, model), frame, values)
    fix(model, use, wordSum(bytes.subarray(start, end)))
  }
}

/** Not folded; an odd last byte is followed by a zero. */
function wordSum(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte, at) => sum + (BigInt(byte) << (at % 2 === 0 ? 8n : 0n)), 0n)
}

function realHashes(model: Model, all: readonly Term[], libvig: RealLibvig): void {
  const uses = all.filter(({ symbol }) => symbol !== undefined && /^hash\.\d+$/.test(symbol.name))
  for (const use of uses) {
    const [bytes] = use.args
    if (bytes === undefined) continue
    fix(model, use, hashOf(libvig, numberIn(evaluate(bytes, model)), bytes.width / 8))
  }
}

/** What the tables that the host has filled say where they are asked. */
function realRows(model: Model, all: readonly Term[], { states }: PacketRun, { libvig, handles }: Real): void {
  for (const [{ name, kind, origin }] of states) {
    const handle = handles.get(name)
    if (origin !== 'configuration' || handle === undefined) continue
    for (const use of all) {
      const [key] = use.args
      const [, what] = use.symbol?.name.split(`${tableName(name)}.`) ?? []
      if (key === undefined || (what !== 'has' && what !== 'get' && what !== 'lookup')) continue
      const asked = numberIn(evaluate(key, model))
      const found = kind === 'lpm' ? routeOf(libvig, handle, asked) : rowOf(libvig, handle, asked, key.width / 8)
      if (what === 'has') fix(model, use, found !== undefined)
      else if (found !== undefined) fix(model, use, found)
    }
  }
}

function routeOf(libvig: RealLibvig, handle: number, address: bigint): bigint | undefined {
  const found = Number(libvig.call('lpm_lookup_elem', handle, Number(BigInt.asIntN(32, address))))
  return found === -1 ? undefined : BigInt(found >>> 0)
}

function rowOf(libvig: RealLibvig, handle: number, key: bigint, size: number): bigint | undefined {
  const at = placeKey(libvig, bytesOf(key, size))
  return libvig.call('map_get', handle, at, libvig.scratch) === 1 ? BigInt(outOf(libvig)) : undefined
}

/** The table that libVig makes is the reference one. */
function realTables(model: Model, all: readonly Term[], run: PacketRun): void {
  for (const [{ name, kind, sizes }] of run.states) {
    const [height, backends] = sizes
    if (kind !== 'cht' || height?.constant === undefined || backends?.constant === undefined) continue
    const count = Number(backends.constant)
    const table = new ConcreteMaglev(count, Number(height.constant))
    for (const use of all) {
      const what = use.symbol?.name
      if (what === `${name}.row`) {
        const [hash] = use.args
        if (hash !== undefined) fix(model, use, numberIn(evaluate(hash, model)) % height.constant)
        continue
      }
      if (what !== `${name}.at` && what !== `${name}.rank`) continue
      const [row, which] = use.args.map((arg) => Number(numberIn(evaluate(arg, model))))
      if (row === undefined || which === undefined) continue
      const ranking = Array.from({ length: count }, (_, rank) => table.at(row, rank))
      const value = what.endsWith('.at') ? ranking[which] : ranking.indexOf(which)
      fix(model, use, BigInt(value === undefined || value < 0 ? 0 : value))
    }
  }
}

/** In the order in which they were computed: later ones may be made of earlier ones. */
function realChecksums(model: Model, { checksums }: PacketRun): void {
  for (const result of checksums.results) if (result.symbol !== undefined) model.functions.delete(result.symbol)
  for (const result of checksums.results) {
    const exact = checksums.exactly(result)
    if (exact !== undefined) fix(model, result, numberIn(evaluate(exact, model)))
  }
}

/** Gives a use of a function its value; what a solver made up for others of it is forgotten on the first. */
function fix(model: Model, use: Term, value: Value): void {
  const { symbol } = use
  if (symbol === undefined) return
  const args = use.args.map((arg) => evaluate(arg, model))
  const known = model.functions.get(symbol)
  const table = new FunctionValue(typeof value === 'bigint' ? 0n : false)
  const isSame = (point: { readonly args: readonly Value[] }) => point.args.every((arg, at) => arg === args[at])
  for (const point of known?.points() ?? []) if (!isSame(point)) table.define(point.args, point.result)
  table.define(args, value)
  model.functions.set(symbol, table)
}

function numberIn(value: Value): bigint {
  if (typeof value !== 'bigint') throw new TypeError('not a number')
  return value
}
