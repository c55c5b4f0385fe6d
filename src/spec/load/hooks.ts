/**
 * Module hooks, run by Node in a thread of their own: specifications are TypeScript, and the language they import is
 * always the one of this package, wherever the specification lies.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

import { transformSpec } from './transform.js'

const language = new URL('../index.js', import.meta.url).href

export const resolve: ResolveHook = async (specifier, context, next) =>
  specifier === 'vigil-nf/spec'
    ? { url: language, format: 'module', shortCircuit: true }
    : next(withSource(specifier, context.parentURL), context)

export const load: LoadHook = async (url, context, next) => {
  const { pathname, protocol } = new URL(url)
  if (protocol !== 'file:' || !pathname.endsWith('.ts') || pathname.endsWith('.d.ts')) return next(url, context)
  const file = fileURLToPath(url)
  return { format: 'module', source: transformSpec(await readFile(file, 'utf8'), file), shortCircuit: true }
}

/** Where a specification imports another by the name that TypeScript asks for (`../spec.js`), the source is meant. */
function withSource(specifier: string, parent: string | undefined): string {
  if (parent === undefined || !/^\.\.?\/.*\.js$/.test(specifier) || !new URL(parent).pathname.endsWith('.ts'))
    return specifier
  const source = specifier.replace(/\.js$/, '.ts')
  return existsSync(new URL(source, parent)) ? source : specifier
}
