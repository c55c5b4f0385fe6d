import test from 'ava'
import { init, killThreads } from 'z3-solver'

import { encodeCalls, linkZ3 } from '../../src/smt/z3-calls.js'
import { Z3Instance } from '../../src/smt/z3-instance.js'
import { HEADER, name, section, unsigned, vector } from '../../src/wasm/encode.js'

const [I32, I64, F64] = [0x7f, 0x7e, 0x7c]
type Type = readonly [operands: readonly number[], results: readonly number[]]

/** Functions of JavaScript as functions of WebAssembly, which alone may be in a table. */
function wrapped(functions: Readonly<Record<string, readonly [Type, (...operands: never[]) => unknown]>>): object {
  const entries = Object.entries(functions)
  const bytes = Uint8Array.from([
    ...HEADER,
    ...section(
      1,
      entries.map(([, [[operands, results]]]) => [
        0x60,
        ...vector(operands.map((each) => [each])),
        ...vector(results.map((each) => [each])),
      ]),
    ),
    ...section(
      2,
      entries.map(([key], i) => [...name('js'), ...name(key), 0, ...unsigned(i)]),
    ),
    ...section(
      7,
      entries.map(([key], i) => [...name(key), 0, ...unsigned(i)]),
    ),
  ])
  const js = Object.fromEntries(entries.map(([key, [, call]]) => [key, call]))
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { js }).exports
}

class Thrown extends Error {}

/** The module with what its helpers were called with, and functions to call through it. */
function calls() {
  const log: string[] = []
  const { functions, helpers, isThrown, ...invokes } = new WebAssembly.Instance(
    new WebAssembly.Module(encodeCalls(['iii', 'v', 'jid', 'd'])),
  ).exports
  if (!(functions instanceof WebAssembly.Table && helpers instanceof WebAssembly.Table)) throw new Error('no tables')
  if (!(isThrown instanceof WebAssembly.Global)) throw new Error('no global')
  const thrower = (isOurs: boolean) => (): never => {
    isThrown.value = isOurs ? 1 : 0
    throw new Thrown('thrown')
  }
  const all = Object.values(
    wrapped({
      less: [[[I32, I32], [I32]], (a: number, b: number) => a - b],
      nothing: [[[], []], () => void log.push('called')],
      wide: [[[I32, F64], [I64]], (a: number, b: number) => BigInt(a) * 2n ** 40n + BigInt(b)],
      cpp: [[[], []], thrower(true)],
      other: [[[], []], thrower(false)],
      wideCpp: [[[I32, F64], [I64]], thrower(true)],
      floatCpp: [[[], [F64]], thrower(true)],
    }),
  )
  functions.grow(all.length + 1)
  for (const [i, each] of all.entries()) functions.set(i, each)
  const [getStack, setStack, setThrew] = Object.values(
    wrapped({
      getStack: [[[], [I32]], () => 4711],
      setStack: [[[I32], []], (at: number) => void log.push(`stack ${at}`)],
      setThrew: [[[I32, I32], []], (a: number, b: number) => void log.push(`threw ${a} ${b}`)],
    }),
  )
  for (const [i, each] of [getStack, setStack, setThrew].entries()) helpers.set(i, each)
  const invoke = (signature: string, ...operands: readonly (number | bigint)[]): unknown => {
    const call = invokes[`invoke_${signature}`]
    if (typeof call !== 'function') throw new Error(`there is no invoke_${signature}`)
    return call(...operands)
  }
  return { log, invoke, isThrown }
}

test('what is called gets its operands, and its result comes back', (t) => {
  const { log, invoke } = calls()
  t.is(invoke('iii', 0, 50, 8), 42)
  t.is(invoke('v', 1), undefined)
  t.is(invoke('jid', 2, 3, 7.0), 3n * 2n ** 40n + 7n)
  t.deepEqual(log, ['called'])
})

test('an exception of C++ puts the stack back, is told by setThrew, and gives 0', (t) => {
  const { log, invoke, isThrown } = calls()
  t.is(invoke('v', 3), undefined)
  t.is(invoke('jid', 5, 1, 1), 0n)
  t.is(invoke('d', 6), 0)
  t.is(isThrown.value, 0)
  t.deepEqual(log, Array.from({ length: 3 }, () => ['stack 4711', 'threw 1 0']).flat())
})

test('another exception goes on as it is, with the stack put back, and so does a trap', (t) => {
  const { log, invoke } = calls()
  t.throws(() => invoke('v', 4), { instanceOf: Thrown, message: 'thrown' })
  t.deepEqual(log.splice(0), ['stack 4711'])
  // An entry that is not there, one of another type, and one that is null.
  for (const index of [99, 0, 7]) t.throws(() => invoke('v', index), { instanceOf: WebAssembly.RuntimeError })
  t.deepEqual(log, [])
})

test('what is called in Z3 is what its own table of functions has, entry by entry, and that stays as it is', async (t) => {
  type Linked = ReturnType<typeof linkZ3>
  const links: Linked[] = []
  const instantiateWasm = (
    imports: Parameters<typeof linkZ3>[0],
    received: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object => {
    const linked = linkZ3(imports)
    links.push(linked)
    received(linked.instance, linked.module)
    return linked.instance.exports
  }
  const { em } = await init({ printErr: () => {}, instantiateWasm })
  t.teardown(() => killThreads(em))
  t.is(evaluate(em, '(declare-fun p () Bool)(assert p)(check-sat)'), 'sat\n')
  const [linked] = links
  const own = linked?.instance.exports.__indirect_function_table
  if (linked === undefined || !(own instanceof WebAssembly.Table)) return t.fail()
  const { functions } = linked
  t.is(functions.length, own.length)
  const others = Array.from({ length: own.length }, (_, i) => i).filter((i) => functions.get(i) !== own.get(i))
  t.deepEqual(others, [])
  t.true(own.length > 10_000)
})

/** Z3 as the package has it. */
type Em = Awaited<ReturnType<typeof init>>['em']

function evaluate(em: Em, script: string): string {
  const config = em._Z3_mk_config()
  const context = em._Z3_mk_context(config)
  em._set_noop_error_handler(context)
  const bytes = new TextEncoder().encode(`${script}\0`)
  const address = em._malloc(bytes.length)
  em.HEAPU8.set(bytes, address)
  return em.UTF8ToString(em._Z3_eval_smtlib2_string(context, address))
}

/** What throws inside of Z3, and what does not. */
const scripts = [
  '(declare-fun x () (_ BitVec 32))(assert (= (bvmul x x) #x00000011))(check-sat)(get-value (x))',
  '(declare-fun x () (_ BitVec 16))(assert (bvult (bvudiv x #x0003) x))(assert (bvugt x #xfffe))(check-sat)(get-value (x))',
  '(assert (= nobody 1))(check-sat)',
  '(push 1)(pop 3)',
  '(set-logic QF_BV)(declare-fun p () Bool)(assert (and p (not p)))(check-sat)(get-model)',
  '(assert (=',
  '(check-sat-using (then simplify (fail-if true)))',
  '(declare-fun a () (Array (_ BitVec 8) (_ BitVec 8)))(assert (= (select a #x01) #x02))(check-sat)(get-value ((select a #x01)))',
  '(declare-fun f (Int) Int)(assert (forall ((x Int)) (> (f x) (f (+ x 1)))))(set-option :rlimit 20000)(check-sat)',
  '(echo "done")(exit)(echo "never")',
]

test('Z3 prints what it prints without this, also where exceptions are thrown in it', async (t) => {
  const ours = await Z3Instance.start()
  t.teardown(() => ours.close())
  const { em } = await init({ printErr: () => {} })
  t.teardown(() => killThreads(em))
  const texts = scripts.map((script) => {
    ours.reset()
    return ours.evaluate(script)
  })
  t.deepEqual(
    texts,
    scripts.map((script) => evaluate(em, script)),
  )
  t.true(texts.filter((text) => text.includes('(error')).length >= 4)
  t.true(texts.filter((text) => /^(un)?sat\n/.test(text)).length >= 4)
})
