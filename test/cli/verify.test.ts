import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import test from 'ava'

import type { RunResult } from '../../src/result/index.js'
import type { VerifyResult } from '../../src/verify/run/index.js'
import { init, wasm } from '../nf/fixtures/wasm.js'
import { temporary } from '../temporary.js'
import { mine, specOf, wasmThatDoes } from './fixtures.js'
import { vigilHere } from './here.js'
import { bin, isOneLine, type Ran, shell, vigil } from './vigil.js'

const schema: unknown = JSON.parse(readFileSync('docs/schemas/result.schema.json', 'utf8'))
const validate = new Ajv({ allErrors: true }).compile<VerifyResult>(
  typeof schema === 'object' && schema !== null ? schema : {},
)

function resultIn(folder: string): VerifyResult {
  const result: unknown = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
  if (!validate(result)) throw new Error(JSON.stringify(validate.errors))
  return result
}

test.serial('a proof is exit code 0, a line for the network function, and a whole run folder', async (t) => {
  const cwd = temporary()
  const { code, stdout, stderr } = await vigil(['verify', 'nop', '--out', 'run', '--dump', 'queries'], cwd)
  t.is(code, 0, stderr)
  t.regex(stdout, /✓ holds {2}nop: proved on 2 paths: meets its specification/)
  t.regex(stdout, /nop +proved +2 paths +7 obligations +\d+ solver calls +[\d.]+ s +\d+ MB/)
  t.deepEqual(readdirSync(join(cwd, 'run')).sort(), [
    'junit.xml',
    'report.html',
    'result.json',
    'results.sarif',
    'violations.pcapng',
  ])
  const [nf] = resultIn(join(cwd, 'run')).nfs
  t.like(nf, { kind: 'verified', proof: 'proved', paths: 2, obligations: 7 })
  t.true(readdirSync(join(cwd, 'queries', 'nop')).every((name) => name.endsWith('.smt2')))
})

test.serial('--json prints the result alone on standard output', async (t) => {
  const { code, stdout, stderr } = await vigilHere(['verify', 'nop', '--json', '--max-frame', '200'])
  t.is(code, 0)
  const result: RunResult = JSON.parse(stdout)
  t.is(result.verdict, 'holds')
  t.regex(stderr, /proved/)
})

test.serial('what never forwards anything proves nothing by it: undecided, vacuous, exit code 4', async (t) => {
  const cwd = temporary()
  mine(cwd, specOf('return drop()'), wasmThatDoes('drop'))
  const { code, stdout } = await vigilHere(['verify', 'mine'], cwd)
  t.is(code, 4)
  t.regex(stdout, /vacuous: nothing is ever forwarded/)
})

test.serial(
  'a binary that does something else is refuted: exit code 1, packets, and a command that shows it',
  async (t) => {
    const cwd = temporary()
    mine(cwd, specOf('return forward(1 - ingress, packet)'), wasmThatDoes('drop'))
    const { code, stdout, stderr } = await vigilHere(['verify', 'mine', '--out', 'run'], cwd)
    t.is(code, 1, stderr)
    t.regex(stdout, /counterexample 1 of 1: mine/)
    const [nf] = resultIn(join(cwd, 'run')).nfs
    const [found] = nf?.kind === 'verified' ? nf.counterexamples : []
    t.true(existsSync(join(cwd, 'run', found?.capture ?? 'none')))
    const [, command = ''] = /shown again by:\n\s+(vigil replay .*)\n/.exec(stdout) ?? []
    const again = await shell(`${command} --out again`, cwd)
    t.is(again.code, 1, again.stderr)
  },
)

interface Case {
  readonly name: string
  readonly make: (cwd: string) => readonly string[]
  readonly code: number
  readonly message: RegExp
}

const drops = specOf('return drop()')

const cases: readonly Case[] = [
  {
    name: 'a binary that is no WebAssembly',
    make: (cwd) => {
      writeFileSync(join(cwd, 'text.wasm'), 'not a module')
      return ['nop', '--binary', 'text.wasm']
    },
    code: 2,
    message: /text\.wasm: is not a WebAssembly module/,
  },
  {
    name: 'a binary with an unknown import',
    make: (cwd) => {
      const imports = [{ module: 'env', name: 'printf', type: { params: [], results: [] } }]
      writeFileSync(join(cwd, 'odd.wasm'), wasmThatDoes('drop', { imports }))
      return ['nop', '--binary', 'odd.wasm']
    },
    code: 2,
    message: /odd\.wasm: imports env\.printf/,
  },
  {
    name: 'a binary without an export',
    make: (cwd) => {
      writeFileSync(join(cwd, 'bare.wasm'), wasm({ functions: [init] }))
      return ['nop', '--binary', 'bare.wasm']
    },
    code: 2,
    message: /bare\.wasm: does not export the function nf_process/,
  },
  {
    name: 'a network function without a specification',
    make: (cwd) => {
      mine(cwd, drops)
      writeFileSync(join(cwd, 'nfs/mine/nf.yaml'), 'name: mine\nbinary: mine.wasm\nports: { count: 2 }\n')
      return ['mine']
    },
    code: 2,
    message: /mine has no specification/,
  },
  {
    name: 'a network function that does not exist',
    make: () => ['gateway'],
    code: 2,
    message: /there is no network function gateway/,
  },
  { name: 'no network function', make: () => [], code: 2, message: /no network function is named/ },
  { name: 'names beside --all', make: () => ['nop', '--all'], code: 2, message: /--all and names/ },
  { name: '--nf beside --all', make: () => ['--nf', 'nop', '--all'], code: 2, message: /--all and names/ },
  { name: 'a name as --nf', make: () => ['--nf', 'gateway'], code: 2, message: /there is no network function gateway/ },
  {
    name: 'a solver that is not known',
    make: () => ['nop', '--solver', 'yices'],
    code: 2,
    message: /--solver "yices"/,
  },
  {
    name: 'a solver that checks itself',
    make: () => ['nop', '--cross-check', 'z3-embedded'],
    code: 2,
    message: /cannot check its own answers/,
  },
  {
    name: 'a configuration that is nobody\u2019s',
    make: () => ['nop', 'nat', '--config', 'maxFlows=16'],
    code: 2,
    message: /does not say which network function is meant/,
  },
]
for (const { name, make, code: expected, message } of cases) {
  test.serial(`${name}: one line, exit code ${expected}`, async (t) => {
    const cwd = temporary()
    const { code, stderr } = await vigilHere(['verify', ...make(cwd)], cwd)
    t.is(code, expected, stderr)
    t.regex(stderr, message)
    t.true(isOneLine(stderr), stderr)
  })
}

test.serial('a solver that is not installed: one line, exit code 3', async (t) => {
  const { code, stderr } = await withPath('/nowhere', ['verify', 'nop', '--solver', 'bitwuzla'])
  t.is(code, 3)
  t.regex(stderr, /the solver bitwuzla cannot be run/)
  t.true(isOneLine(stderr), stderr)
})

test.serial('what is wrong with one network function leaves the proof of another', async (t) => {
  const cwd = temporary()
  mine(cwd, drops, wasm({ functions: [init] }))
  const { code } = await vigilHere(['verify', 'mine', 'nop', '--out', 'run'], cwd)
  t.is(code, 2)
  const [wrong, right] = resultIn(join(cwd, 'run')).nfs
  t.like(wrong, { kind: 'unfinished', verdict: 'error', exitCode: 2 })
  t.like(right, { kind: 'verified', proof: 'proved' })
})

/** The command, where programs are found in these folders alone; tests that use it are serial. */
async function withPath(path: string, words: readonly string[], cwd = temporary()): Promise<Ran> {
  const before = process.env.PATH
  process.env.PATH = path
  try {
    return await vigilHere(words, cwd)
  } finally {
    process.env.PATH = before
  }
}

/** A program that is found as `z3`, and does this at each `(check-sat)`. */
function fakeZ3(cwd: string, check: string): string {
  const folder = join(cwd, 'bin')
  mkdirSync(folder)
  const lines = ['#!/bin/sh', 'if [ "$1" = --version ]; then echo fake 1.0; exit 0; fi']
  lines.push(
    'while read -r line; do',
    `  case "$line" in "(check-sat)") ${check};; "(echo"*) echo '$end';; esac`,
    'done',
  )
  writeFileSync(join(folder, 'z3'), `${lines.join('\n')}\n`)
  chmodSync(join(folder, 'z3'), 0o755)
  return folder
}

const faults: readonly (readonly [string, string, RegExp])[] = [
  ['dies', 'exit 3', /z3: died/],
  ['prints nonsense', 'echo perhaps', /z3: error \(perhaps/],
  ['does not know', 'echo unknown', /z3: /],
]
for (const [what, check, reason] of faults) {
  test.serial(`a solver that ${what} leaves the proof undecided, with the reason: exit code 4`, async (t) => {
    const cwd = temporary()
    const path = `${fakeZ3(cwd, check)}:${process.env.PATH}`
    // One of them with the whole command: solvers are started by its process, and end with it.
    const { code, stderr } =
      what === 'dies'
        ? await shell(`PATH=${path} vigil verify nop --solver z3 --out run`, cwd)
        : await withPath(path, ['verify', 'nop', '--solver', 'z3', '--out', 'run'], cwd)
    t.is(code, 4, stderr)
    const [nf] = resultIn(join(cwd, 'run')).nfs
    t.like(nf, { kind: 'verified', proof: 'undecided', verdict: 'undecided' })
    t.regex(JSON.stringify(nf?.kind === 'verified' ? nf.causes : []), reason)
  })
}

test.serial('two solvers that disagree are an error of Vigil: exit code 70', async (t) => {
  const cwd = temporary()
  const words = ['verify', 'nop', '--cross-check', 'z3', '--out', 'run']
  const { code, stderr } = await withPath(`${fakeZ3(cwd, 'echo sat')}:${process.env.PATH}`, words, cwd)
  // What says sat and has no values to show for it is no opinion, so it takes one that says unsat of everything.
  t.is(code, 0, stderr)
  const [nf] = resultIn(join(cwd, 'run')).nfs
  t.true(nf?.kind === 'verified' && (nf.solver.crossCheck?.unknown ?? 0) > 0)
  const lying = temporary()
  const ran = await withPath(`${fakeZ3(lying, 'echo unsat')}:${process.env.PATH}`, words, lying)
  t.is(ran.code, 70, ran.stderr)
  t.regex(ran.stderr, /solvers disagree: z3-embedded says sat, but z3 says unsat/)
})

/** Sends Ctrl-C as soon as a file is there. */
function interruptedAt(
  words: readonly string[],
  cwd: string,
  file: string,
): Promise<Ran & { readonly seconds: number }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { stdout: '', stderr: '' }
    let sentAt = Number.POSITIVE_INFINITY
    child.stdout.on('data', (part: Buffer) => {
      texts.stdout += part.toString()
    })
    child.stderr.on('data', (part: Buffer) => {
      texts.stderr += part.toString()
    })
    const timer = setInterval(() => {
      if (!existsSync(file) || readdirSync(file).length < 3) return
      clearInterval(timer)
      sentAt = performance.now()
      child.kill('SIGINT')
    }, 50)
    child.on('close', (code) => {
      clearInterval(timer)
      done({ code, ...texts, seconds: (performance.now() - sentAt) / 1000 })
    })
  })
}

test.serial('Ctrl-C ends a proof at once, and keeps what is proved', async (t) => {
  const cwd = temporary()
  const words = ['verify', 'nop', 'nat', '--jobs', '1', '--out', 'run', '--dump', 'queries']
  const { code, stdout, seconds } = await interruptedAt(words, cwd, join(cwd, 'queries', 'nat'))
  t.is(code, 4)
  t.true(seconds < 10, `${seconds} s`)
  t.regex(stdout, /interrupted/)
  const [nop, nat] = resultIn(join(cwd, 'run')).nfs
  t.like(nop, { kind: 'verified', proof: 'proved' })
  t.like(nat, { kind: 'unfinished', verdict: 'undecided', cause: 'interrupted' })
})
