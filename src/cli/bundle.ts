/**
 * `node build/src/cli/bundle.js`: the command line as few files, in build/bundle, as part of `npm run build`. Each command,
 * and each process and thread that one starts, would else load some hundred modules one by one, which takes longer than
 * many commands do.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

import { packageRoot } from '../package-root.js'

/**
 * What is begun by its address, by its name in the bundle: all of them lie in one folder, whatever part of the program names
 * them, as `new URL('./foreman.js', import.meta.url)`.
 */
const entries: Readonly<Record<string, string>> = {
  main: 'src/cli/main.ts',
  index: 'src/spec/index.ts',
  'instrumented/language': 'src/spec/instrumented/language.ts',
  child: 'src/verify/run/child.ts',
  'libvig-child': 'src/verify/run/libvig-child.ts',
  foreman: 'src/verify/crew/foreman.ts',
  helper: 'src/verify/crew/helper.ts',
  'z3-worker': 'src/smt/z3-worker.ts',
  'reach-thread': 'src/derive/reach-thread.ts',
  thread: 'src/device/thread.ts',
  'parent-watcher': 'src/parent-watcher.ts',
  'dpdk-probe': 'src/doctor/dpdk-probe.ts',
}

const ADDRESS = /new URL\('([^']*)', import\.meta\.url\)/g

/** @throws Error where a module that is in the bundle names a file that is not. */
function checkAddresses(inputs: readonly string[]): void {
  for (const input of inputs) {
    for (const [, address = ''] of readFileSync(join(packageRoot, input), 'utf8').matchAll(ADDRESS)) {
      const name = /^\.\/(.*)\.js$/.exec(address)?.[1]
      if (name === undefined || entries[name] === undefined) {
        throw new Error(`${input}: the command line's bundle has no ${address} (src/cli/bundle.ts lists what it has)`)
      }
    }
  }
}

/** Of the packages that are in the bundle. */
function licences(inputs: readonly string[]): string {
  const packages = new Set(inputs.flatMap((input) => /^node_modules\/((?:@[^/]*\/)?[^/]*)\//.exec(input)?.[1] ?? []))
  const texts = [...packages].map((name) => {
    const licence = readFileSync(join(packageRoot, 'node_modules', name, 'LICENSE'), 'utf8')
    return `${name}\n\n${licence.trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

const folder = join(packageRoot, 'build/bundle')
rmSync(folder, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: packageRoot,
  entryPoints: Object.entries(entries).map(([out, source]) => ({ in: source, out })),
  outdir: folder,
  bundle: true,
  splitting: true,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Others are large, load files of their own, or are seldom used.
  external: ['@swc/wasm-typescript', 'ajv', 'assemblyscript', 'commander', 'z3-solver'],
  // For Node, yaml has one file for each of its modules.
  alias: { yaml: join(packageRoot, 'node_modules/yaml/browser/index.js') },
  sourcemap: true,
  logLevel: 'warning',
})
const inputs = Object.keys(metafile.inputs)
checkAddresses(inputs)
writeFileSync(join(folder, 'LICENSES.txt'), licences(inputs))
