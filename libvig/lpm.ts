/**
 * Longest-prefix match on IPv4 addresses: a trie with levels of 16, 4, 4, 4 and 4 bits. A node below the first level
 * has 16 cells and fills a cache line. A cell holds nothing (0), a rule (its index + 1) or a node (CHILD + its index);
 * rules are pushed down, so that a lookup only follows cells and the last one is the answer, at most five of them.
 *
 * Rules are remembered by prefix and length, so that they may come in any order and be replaced: a cell gives way to a
 * rule that is at least as long as its own.
 */
import { hashBytes } from './hash'
import { bucketBytes, indexIn, IndexTable, INDEX_TABLE_SIZE, tableAdd, tableFind, tableInit } from './index-table'
import { affordable, MAX_CAPACITY, rounded, take, within } from './memory'

/** Rules are the entries of the index table: { prefix, length } is the key, the value follows. */
@unmanaged
class Lpm extends IndexTable {
  root: u32
  nodes: u32
  nodeCount: u32
  maxRules: u32
  ruleCount: u32
}

const HEADER: i64 = INDEX_TABLE_SIZE + 20
const ROOT_BITS: u32 = 16
const ROOT_BYTES: i64 = 4 << 16
const NODE_BITS: u32 = 4
const NODE_BYTES: u32 = 4 << 4
/** Levels below the first: the most nodes that one rule can add. */
const NODES_PER_RULE: i64 = 4
const CHILD: u32 = 0x80000000
const RULE_BYTES: u32 = 12
const KEY_BYTES: i32 = 8
const LENGTH: usize = 4
const VALUE: usize = 8

/** A prefix being looked up or added, in the form of a rule's key. */
const scratch: u32 = <u32>memory.data(8)

/** Bytes that `lpm_allocate` takes (about 300 for each rule); -1 for a number of rules outside 1..16,777,216. */
export function lpm_cost(maxRules: i32): i64 {
  if (!within(maxRules, MAX_CAPACITY)) return -1
  const rules = rounded(<i64>maxRules * RULE_BYTES) + bucketBytes(maxRules)
  return rounded(HEADER) + ROOT_BYTES + <i64>maxRules * NODES_PER_RULE * NODE_BYTES + rules
}

/** Stores the handle of a new, empty table at `out`. 1, or 0 when out of range or memory is short. */
export function lpm_allocate(maxRules: i32, out: i32): i32 {
  if (!affordable(lpm_cost(maxRules))) return 0
  const table = changetype<Lpm>(take(HEADER))
  table.root = take(ROOT_BYTES)
  table.nodes = take(<i64>maxRules * NODES_PER_RULE * NODE_BYTES)
  table.nodeCount = 0
  table.maxRules = <u32>maxRules
  table.ruleCount = 0
  const rules = take(<i64>maxRules * RULE_BYTES)
  tableInit(table, KEY_BYTES, maxRules, rules, RULE_BYTES)
  store<u32>(out, changetype<u32>(table))
  return 1
}

@inline
function nodeAt(table: Lpm, cell: u32): u32 {
  return table.nodes + (cell & ~CHILD) * NODE_BYTES
}

@inline
function lengthOf(table: Lpm, cell: u32): u32 {
  return load<u32>(table.keys + (cell - 1) * RULE_BYTES, LENGTH)
}

/**
 * Adds a rule: addresses that start with the first `prefixlen` bits of `prefix` (a number: 10.0.0.1 is 0x0a000001) get
 * `value`, unless a longer rule covers them. The same prefix again replaces its value. 1; 0 when `prefixlen` is not
 * 0..32 or there are `maxRules` other rules.
 */
export function lpm_update_elem(handle: i32, prefix: i32, prefixlen: i32, value: i32): i32 {
  const table = changetype<Lpm>(handle)
  if (<u32>prefixlen > 32) return 0
  const length = <u32>prefixlen
  const kept = length == 0 ? 0 : <u32>prefix & (0xffffffff << (32 - length))
  store<u32>(scratch, kept)
  store<u32>(scratch, length, LENGTH)
  const hash = hashBytes(scratch, KEY_BYTES)
  const known = tableFind(table, scratch, hash)
  if (known != 0) {
    store<i32>(table.keys + indexIn(table, known) * RULE_BYTES, value, VALUE)
    return 1
  }
  if (table.ruleCount == table.maxRules) return 0
  const index = table.ruleCount++
  const rule = table.keys + index * RULE_BYTES
  store<u64>(rule, load<u64>(scratch))
  store<i32>(rule, value, VALUE)
  tableAdd(table, hash, index)
  place(table, index + 1, kept, length)
  return 1
}

/** Writes a rule into every cell that it covers, adding nodes on the way to a level fine enough for its length. */
function place(table: Lpm, rule: u32, prefix: u32, length: u32): void {
  let level = table.root
  let bits = ROOT_BITS
  let shift: u32 = 32 - ROOT_BITS
  while (length > 32 - shift) {
    level = childOf(table, level + ((prefix >> shift) & ((1 << bits) - 1)) * 4)
    bits = NODE_BITS
    shift -= NODE_BITS
  }
  const first = (prefix >> shift) & ((1 << bits) - 1)
  const count: u32 = 1 << (32 - shift - length)
  for (let cell = first; cell < first + count; cell++) cover(table, level + cell * 4, rule, length)
}

/** The node of a cell, made when there is none: its cells then say what the cell said. */
function childOf(table: Lpm, cell: u32): u32 {
  const was = load<u32>(cell)
  if (was & CHILD) return nodeAt(table, was)
  const child = CHILD | table.nodeCount++
  const node = nodeAt(table, child)
  for (let at: u32 = 0; at < NODE_BYTES; at += 4) store<u32>(node + at, was)
  store<u32>(cell, child)
  return node
}

/** Gives a cell, and all below it, to a rule, except where a longer rule has it. */
function cover(table: Lpm, cell: u32, rule: u32, length: u32): void {
  const was = load<u32>(cell)
  if (was & CHILD) {
    const node = nodeAt(table, was)
    for (let at: u32 = 0; at < NODE_BYTES; at += 4) cover(table, node + at, rule, length)
  } else if (was == 0 || lengthOf(table, was) <= length) {
    store<u32>(cell, rule)
  }
}

/** The value of the longest rule that covers `address` (a number, as in `lpm_update_elem`); -1 when none does. */
export function lpm_lookup_elem(handle: i32, address: i32): i32 {
  const table = changetype<Lpm>(handle)
  let cell = load<u32>(table.root + (<u32>address >> (32 - ROOT_BITS)) * 4)
  let shift: u32 = 32 - ROOT_BITS
  while (cell & CHILD) {
    shift -= NODE_BITS
    cell = load<u32>(nodeAt(table, cell) + ((<u32>address >> shift) & ((1 << NODE_BITS) - 1)) * 4)
  }
  return cell == 0 ? -1 : load<i32>(table.keys + (cell - 1) * RULE_BYTES, VALUE)
}
