import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test from 'ava'

import { SpecError } from '../../../src/spec/error.js'
import { loadInstrumentedSpec, loadSpec } from '../../../src/spec/load/index.js'
import { instrumentSpec } from '../../../src/spec/load/instrument.js'

const head = "import { div, drop, spec } from 'vigil-nf/spec'\n"

/** Runs a module's exported `f` instrumented and as it is; both are given the same. */
async function bothWays(t: { teardown(fn: () => unknown): void }, body: string): Promise<readonly unknown[]> {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-instrumented-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'spec.ts')
  await writeFile(
    join(directory, 'part.ts'),
    'export const twice = (n: number): number => n * 2\nexport const same = (a: unknown, b: unknown) => a === b\n',
  )
  const process = 'process: (context) => ({ result: f(context.n) })'
  await writeFile(
    file,
    `${head}import { same, twice } from './part.ts'\n${body}\nexport default spec({ title: 'x', config: {}, state: () => ({}), ${process} })\n`,
  )
  const loaded = [await loadInstrumentedSpec(file), await loadSpec(file)]
  return loaded.map(({ spec }) => spec.process({ n: 7 }))
}

const programs: readonly [body: string, result: unknown][] = [
  [
    'const f = (n) => [n + 1, n - 1, n * 2, n % 4, n << 2, n >> 1, n >>> 1, n & 3, n | 8, n ^ 1, ~n, -n, +n, n ** 2]',
    [8, 6, 14, 3, 28, 3, 3, 3, 15, 6, -8, -7, 7, 49],
  ],
  [
    'const f = (n) => [n < 7, n <= 7, n > 7, n >= 7, n === 7, n !== 7, !(n === 7), typeof n]',
    [false, true, false, true, true, false, false, 'number'],
  ],
  [
    'const f = (n) => { let a = n; a += 2; a -= 1; a *= 3; a %= 10; a <<= 2; a >>= 1; a |= 1; a &= 7; a ^= 2; return a }',
    3,
  ],
  ['const f = (n) => { let a = n; const b = a++; const c = ++a; const d = a--; return [a, b, c, d] }', [8, 7, 9, 9]],
  [
    'const f = (n) => { let a; a ??= n; let b = a === 7; b &&= n > 9; let c = b; c ||= n < 9; return [a, b, c] }',
    [7, false, true],
  ],
  ['const f = (n) => { let s = 0; for (let i = 0, j = n; i < j; i++, j--) s += i * j; return s }', 28],
  [
    'const f = (n) => { let s = 0; outer: for (const a of [1, 2, 3]) for (const b of [a, n]) { if (b === 2) continue outer; s += b } return s }',
    18,
  ],
  [
    "const f = (n) => { switch (n) { case 1: return 'one'; case n + 0: { let k = 1; k++; if (k === 2) break } default: return 'other' } return 'seven' }",
    'seven',
  ],
  ["const f = (n) => { switch (n) { default: return 'd'; case 8: case 9: return 'e' } }", 'd'],
  [
    'function g(n = 1 + 2, { a = n - 1, ...r } = {}) { return [n, a, r] }\nconst f = (n) => [g(), g(n, { a: 1, b: n })]',
    [
      [3, 2, {}],
      [7, 1, { b: 7 }],
    ],
  ],
  [
    'const f = (n) => { const o = { a: { b: (m) => m + n }, c: undefined }; return [o?.a?.b(1), o.c?.a.b(n), o.a.b?.name, o?.["a"].b(2)] }',
    [8, null, 'b', 9],
  ],
  [
    'const f = (n) => { const key = "k" + "l"; const o = { [key]: n, n, get: 3 }; const { [key]: v, ...rest } = o; return [v, rest] }',
    [7, { n: 7, get: 3 }],
  ],
  ['const f = (n) => (n > 3 ? n > 5 ? "large" : "middle" : "small")', 'large'],
  ['const f = (n) => { if (n === 1) return 1; else if (n === 7) if (n > 8) return 2; else return 3; return 4 }', 3],
  [
    `const f = (n) => [twice(n) + 1, same(undefined, null), same("a", "a"), \`$${'{"t"}-$'}${'{n}'}\`]`,
    [15, false, true, 't-7'],
  ],
  ['const f = (n) => (n + 1, n + 2) + 1', 10],
  [
    'const f = (n) => { let a = 1; if (n > 3) a |= n; if (n > 9) { a = 0 } let b; if (n < 9) b = a; return [a, b] }',
    [7, 7],
  ],
  ['const f = (n) => [...[1, n].map((m) => m * 2), ...[3].filter((m) => m > n)]', [2, 14]],
  ['const f = (n) => div(\n  n,\n  // a comment\n  2\n)', 3],
  ['const f = (n) => n + // a comment\n  1', 8],
]

for (const [body, result] of programs) {
  test(`instrumented, this gives what JavaScript gives: ${body}`, async (t) => {
    const [instrumented, plain] = (await bothWays(t, body)).map((said) => JSON.parse(JSON.stringify(said)))
    t.deepEqual(instrumented, { result })
    t.deepEqual(plain, { result })
  })
}

test('what a specification imports is instrumented too', async (t) => {
  await t.throwsAsync(bothWays(t, 'const f = (n) => same({ n }, { n })'), {
    instanceOf: SpecError,
    message: /part\.ts:2:49: === between records/,
  })
})

test('lines stay where the author put them', (t) => {
  const source = `${head}export const f = (a: number) =>\n  a +\n  /* one\n  two */ 2\n\nexport const g = f(\n  1,\n)\n`
  const lines = instrumentSpec(source, 'x.ts').split('\n')
  t.is(lines.length, source.split('\n').length)
  t.true(lines[6]?.startsWith('export const g ='))
})

test('verdicts know their place in an instrumented specification as in one that is not', async (t) => {
  const loaded = [await loadSpec('nfs/nop/spec.ts'), await loadInstrumentedSpec('nfs/nop/spec.ts')]
  const sites = loaded.map(({ spec }) => spec.process({ ingress: 2, portCount: 3, packet: {} }).site)
  const [plain, instrumented] = sites.map((site) => ({ ...site, id: 0 }))
  t.deepEqual(instrumented, plain)
})

const refused: readonly [body: string, message: RegExp][] = [
  ['const f = (a) => a instanceof Array', /x\.ts:2:18: instanceof asks for classes/],
  ['const f = (a) => { delete a.b }', /x\.ts:2:20: delete changes what a record is/],
  ['const f = (a) => { a.b += 1 }', /x\.ts:2:20: a part of a record or list is changed/],
  ['const f = (a) => { a.b++ }', /x\.ts:2:20: a part of a record or list is changed/],
  ['const f = (a) => { a.b = 1 }', /x\.ts:2:20: a part of a record or list is changed/],
  ['const f = (a) => { [a.b] = [1] }', /x\.ts:2:21: a part of a record or list is changed/],
  ['const f = (a) => { for (a.b of [1]) {} }', /x\.ts:2:25: a part of a record or list is changed/],
  ['const f = { get a() { return 1 } }', /x\.ts:2:13: get and set run code/],
  ['const f = (a) => a`x`', /x\.ts:2:18: a tagged template/],
  ['const f = (a) => a?.()', /x\.ts:2:18: a function that may be absent is called/],
  ['const f = (a) => a.b?.()', /x\.ts:2:18: a function that may be absent is called/],
]

for (const [body, message] of refused) {
  test(`refused when it is loaded to be read symbolically: ${body}`, (t) => {
    t.throws(() => instrumentSpec(head + body, 'x.ts'), { instanceOf: SpecError, message })
  })
}
