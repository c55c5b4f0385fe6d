import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'
import { SpecError } from '../../src/spec/index.js'
import { loadSpec } from '../../src/spec/load/index.js'
import { transformSpec } from '../../src/spec/load/transform.js'

async function specFile(t: ExecutionContext, source: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vigil-spec-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'spec.ts')
  await writeFile(file, source)
  return file
}

const minimal = `import { drop, spec } from 'vigil-nf/spec'
export default spec({ title: 'Nothing passes', config: {}, state: () => ({}), process: () => drop() })
`

test('a specification outside the package loads, its language found in the package', async (t) => {
  const loaded = await loadSpec(await specFile(t, minimal))
  t.is(loaded.spec.title, 'Nothing passes')
  t.is(loaded.spec.process({}).kind, 'drop')
  t.is(loaded.sha256.length, 64)
})

test('a verdict carries file, line, text and the clause cited at the end of its line', async (t) => {
  const file = await specFile(
    t,
    `import { drop as discard, forward, spec } from 'vigil-nf/spec'
interface Unused { readonly gone: string }
export default spec({ title: 'x', config: {}, state: () => ({}),
  process({ packet, ingress }): ReturnType<typeof discard> {
    if (ingress === 0) return discard() // RFC 791 section 3.1
    return forward(
      0,
      packet,
    ) // IEEE 802.1D
  },
})
`,
  )
  const { spec } = await loadSpec(file)
  const { site } = spec.process({ ingress: 0 })
  t.like(site, { file, line: 5, text: 'discard()', clause: 'RFC 791 section 3.1' })
  const other = spec.process({ ingress: 1, packet: {} })
  t.is(other.ports, 1)
  t.like(other.site, { line: 6, clause: 'IEEE 802.1D' })
  t.not(other.site?.id, site?.id)
})

test('lines stay where the author put them', (t) => {
  const source = 'const a: number = 1\n\ntype B = {\n  c: string\n}\nexport const d = (a as number) + 1\n'
  const lines = transformSpec(source, 'x.ts').split('\n')
  t.is(lines.length, source.split('\n').length)
  t.true(lines[5]?.startsWith('export const d = (a'))
})

test('only the functions of the language are told their place, not others of the same name', (t) => {
  const code = transformSpec("import { drop } from './other.js'\nexport const x = drop()\n", 'x.ts')
  t.true(code.includes('export const x = drop()'))
})

test('a missing file, a syntax error and a wrong default export each say what is wrong and where', async (t) => {
  await t.throwsAsync(loadSpec('/nowhere/spec.ts'), {
    instanceOf: SpecError,
    message: /\/nowhere\/spec\.ts: cannot be read/,
  })
  const broken = await specFile(t, 'export default spec({\n')
  await t.throwsAsync(loadSpec(broken), {
    instanceOf: SpecError,
    message: /spec\.ts:1:22: cannot be read as TypeScript/,
  })
  const wrong = await specFile(t, 'export default 3\n')
  await t.throwsAsync(loadSpec(wrong), { instanceOf: SpecError, message: /has no default export made by spec/ })
  const throwing = await specFile(t, 'const x = undefinedName\nexport default x\n')
  const error = await t.throwsAsync(loadSpec(throwing), {
    instanceOf: SpecError,
    message: /cannot be loaded: undefinedName is not defined/,
  })
  t.is(error?.where.line, 1)
})

test('a changed specification is loaded anew', async (t) => {
  const file = await specFile(t, minimal)
  t.is((await loadSpec(file)).spec.title, 'Nothing passes')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await writeFile(file, minimal.replace('Nothing passes', 'Still nothing'))
  t.is((await loadSpec(file)).spec.title, 'Still nothing')
})

const inProcess = (statement: string): string =>
  `import { drop, spec } from 'vigil-nf/spec'
export default spec({ title: 'x', config: {}, state: () => ({}), process: ({ now }) => {
  ${statement}
  return drop()
} })
`

const refused: readonly [statement: string, message: RegExp][] = [
  ['const x = Math.random()', /:3:13: Math is not part of the language/],
  ['const x = Date.now()', /:3:13: Date reads a clock/],
  ['const x = BigInt(3) + now', /BigInt is not part of the language \(use wide\(n\)\)/],
  ['const x = 7 / 2', /division by \/ \(use div\(a, b\), which truncates\)/],
  ['if (now == 3n) return drop()', /== converts types/],
  ['while (now > 3n) {}', /a loop without a bound/],
  ['for (;;) {}', /a loop without a bound/],
  ['const x = new Map()', /classes, new and this/],
  ['try { drop() } catch {}', /try hides errors/],
  ["throw 'x'", /does not throw/],
  ['const x = async () => 3', /answers at once/],
  ['const x = process.env', /process reaches outside/],
]

for (const [statement, message] of refused) {
  test(`refused with its place: ${statement}`, (t) => {
    t.throws(() => transformSpec(inProcess(statement), 'spec.ts'), { instanceOf: SpecError, message })
  })
}

test('module state that can change is refused; bounded loops and properties of any name are not', (t) => {
  t.throws(() => transformSpec('export let count = 0\n', 'spec.ts'), {
    message: /spec\.ts:1:8: state of the module that can change/,
  })
  t.notThrows(() => transformSpec('const limits = { Date: 1, Math: 2 }\nexport const x = limits.Date\n', 'spec.ts'))
  t.notThrows(() => transformSpec(inProcess('for (let i = 0; i < 4; i++) { let x = i }'), 'spec.ts'))
})

test('a specification imports another by the name of its source or of what becomes of it, and JavaScript, each once', async (t) => {
  const file = await specFile(
    t,
    minimal.replace("'Nothing passes'", 'title + again + plain + builtin') +
      "import { title } from './title.js'\nimport { title as again } from './title.ts'\nimport { plain } from './plain.js'\nimport { sep as builtin } from 'node:path'\n",
  )
  const beside = (name: string, source: string) => writeFile(join(file, '..', name), source)
  await beside('title.ts', "export const title: string = 'A' satisfies string\n")
  await beside('plain.js', "export const plain = 'B'\n")
  await beside('package.json', '{ "type": "module" }')
  t.is((await loadSpec(file)).spec.title, 'AAB/')
})

const importing: readonly [what: string, beside: string, message: RegExp][] = [
  [
    'what is not exported',
    'export const other = 3\n',
    /module '.*beside\.ts' does not provide an export named 'title'/,
  ],
  ['a module with an error', 'export const title = 7 / 2\n', /beside\.ts:1:22: division by \//],
  [
    'itself in a circle',
    "export { default as title } from './spec.js'\n",
    /imports itself: .*spec\.ts imports .*beside\.ts imports/,
  ],
  [
    'a package that there is not',
    "export { title } from 'no-such-package'\n",
    /imports no-such-package, which is not found/,
  ],
  [
    'a file that there is not',
    "export { title } from './none.js'\n",
    /Cannot find module '.*none\.js' imported from .*beside\.ts/,
  ],
]
for (const [what, source, message] of importing) {
  test(`a specification that imports ${what} is refused in one clear line`, async (t) => {
    const file = await specFile(t, `${minimal}import { title } from './beside.js'\nexport const used = title\n`)
    await writeFile(join(file, '..', 'beside.ts'), source)
    const error = await t.throwsAsync(loadSpec(file), { instanceOf: SpecError, message })
    t.notRegex(error?.message ?? '', /data:|\n/)
  })
}
