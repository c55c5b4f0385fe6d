import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { MachineError } from '../../../src/errors.js'
import { insteadOf, insteadOfHeader } from '../../../src/nf/c/libc.js'
import { compileNf, listBuildable, loadNf } from '../../../src/nf/index.js'
import { temporary } from '../../temporary.js'
import { answering, refuses, sample } from '../fixtures/sample.js'
import { inC, NF_PROCESS, withClang } from './with-clang.js'

process.env.VIGIL_CACHE = temporary('cache')

const process_ = (body: string): string => `${NF_PROCESS} {\n${body}\n}`

const faults: readonly (readonly [name: string, source: string, message: RegExp])[] = [
  [
    'a function of a libc',
    inC(
      `static int32_t named(const void *at) {\n  return (int32_t)strlen(at);\n}\n${process_('return named(packet);')}`,
    ),
    /nf\.c:4: strlen is called in named, but defined nowhere \(there is no libc; the kit has memcpy, memmove, memset/,
  ],
  [
    'a print of a libc',
    inC(process_('printf("%d", port);\n  return 0;')),
    /nf\.c:4: printf is called in nf_process, but defined nowhere \(there is no libc; vigil_debug and its like print/,
  ],
  [
    'a function that is only declared',
    inC(`int32_t partner(int32_t);\n${process_('return partner(port);')}`),
    /nf\.c:5: partner is called in nf_process, but defined nowhere \(is its file named in nf\.yaml, /,
  ],
  [
    'data that is only declared',
    inC(`extern int32_t limit;\n${process_('return limit;')}`),
    /nf\.c:3: limit is declared, but defined nowhere$/,
  ],
  [
    'a header of a libc',
    `#include <string.h>\n${inC(process_('return 0;'))}`,
    /nf\.c:1:10: does not compile: 'string\.h' file not found \(there is no libc; vigil\.h has memcpy, memmove/,
  ],
  [
    'a warning',
    inC(process_('int32_t answer;\n  return answer;')),
    /nf\.c:5:10: does not compile: variable 'answer' is uninitialized when used here/,
  ],
  [
    'malloc for a packet',
    inC(
      `static uint8_t *copy(const void *at, size_t size) {\n  return memcpy(malloc(size), at, size);\n}\n${process_(
        'return *copy(packet, (size_t)length);',
      )}`,
    ),
    /nf\.c:4: malloc is called in copy, to which nf_process may come \(memory is allocated in nf_init/,
  ],
  [
    'more static data than there is room for',
    inC(`static uint8_t table[458753];\n${process_('return table[length] += 1;')}`),
    /nf\.c: has 45\d{4} bytes of static data, of which there may be 458752/,
  ],
  ['no nf_process', inC(''), /nf\.c: does not export the function nf_process/],
  [
    'a configuration value that is not declared',
    inC(`CONFIG(int32_t, speed, void);\n${process_('return config_speed();')}`),
    /nf\.c: imports config\.speed, which .*nf\.yaml does not declare/,
  ],
  [
    'an include that is no name',
    `#define KIT <vigil.h>\n#include KIT\n${process_('return 0;')}`,
    /nf\.c:2: #include KIT: is not the name of a file/,
  ],
]

for (const [name, source, message] of faults) {
  withClang(`C is refused in one line: ${name}`, async (t) => {
    await refuses(t, () => loadNf(sample(t, { 'nf.c': source })), message)
  })
}

test('in place of a function or header of a libc the kit names what it has', (t) => {
  t.regex(insteadOf('calloc'), /^there is no libc; malloc gives zeroed memory, in nf_init$/)
  t.regex(insteadOf('strncpy'), /; the kit has memcpy/)
  t.regex(insteadOf('snprintf'), /; vigil_debug/)
  t.regex(insteadOf('print_all'), /^is its file named in nf\.yaml/)
  t.regex(insteadOfHeader("'netinet/ip.h' file not found") ?? '', /; vigil\.h has headers of Ethernet/)
  t.regex(insteadOfHeader("'mine.h' file not found") ?? '', /; what there is stands in docs\/c\.md$/)
  t.is(insteadOfHeader("unused variable 'string.h'"), undefined)
})

test.serial('a source that is not there is refused without a compiler', async (t) => {
  await refuses(t, () => compileNf('/nowhere/nfs/sample/nf.c'), /nf\.c: cannot be read \(no such source file\)/)
})

for (const [variable, program] of [
  ['VIGIL_CLANG', 'clang'],
  ['VIGIL_WASM_LD', 'wasm-ld'],
] as const) {
  withClang(
    `without ${program} a function in C is what this machine cannot build, and others go on working`,
    async (t) => {
      const folder = sample(t, { 'nf.c': inC(process_(`return ${variable.length};`)) })
      await withVariable(variable, '/nowhere/tool', async () => {
        const error = await t.throwsAsync(() => loadNf(folder), { instanceOf: MachineError })
        t.regex(
          error.message,
          /^\/nowhere\/tool cannot be run \(.*clang and lld from version 14 on; Debian: apt install/,
        )
        t.is(error.exitCode, 3)
        const other = await loadNf(sample(t, { 'nf.ts': answering('2') }))
        t.true(other.wasm.length > 0)
      })
      t.true((await loadNf(folder)).wasm.length > 0)
      await withVariable(variable, '/nowhere/tool', async () => {
        t.true((await loadNf(folder)).wasm.length > 0, 'what was built before needs no compiler')
      })
    },
  )

  withClang(`a ${program} that is too old, or something else, is told apart`, async (t) => {
    const folder = sample(t, { 'nf.c': inC(process_(`return ${1000 + variable.length};`)) })
    for (const [says, message] of [
      [`${program === 'clang' ? 'clang version' : 'LLD'} 13.0.1`, /is too old: .*13\.0\.1/],
      ['GNU ld 2.40', /is not (clang|wasm-ld): it says "GNU ld 2\.40"/],
    ] as const) {
      const tool = join(folder, 'tool')
      writeFileSync(tool, `#!/bin/sh\necho "${says}"\n`)
      chmodSync(tool, 0o755)
      await withVariable(variable, tool, async () => {
        await t.throwsAsync(() => loadNf(folder), { instanceOf: MachineError, message })
      })
    }
  })
}

test.serial('of all network functions, those that cannot be built here are left out by name', async (t) => {
  const root = join(sample(t, { 'nf.c': inC(process_('return 77;')) }), '../..')
  const before = process.cwd()
  process.chdir(root)
  t.teardown(() => process.chdir(before))
  await withVariable('VIGIL_CLANG', '/nowhere/tool', async () => {
    const { names, leftOut } = await listBuildable()
    t.true(names.includes('nat'))
    t.false(names.includes('sample'))
    t.regex(leftOut.find(({ name }) => name === 'sample')?.why ?? '', /^\/nowhere\/tool cannot be run/)
  })
})

async function withVariable(name: string, value: string, work: () => Promise<void>): Promise<void> {
  process.env[name] = value
  try {
    await work()
  } finally {
    delete process.env[name]
  }
}
