/**
 * Module hooks, run by Node in a thread of their own: specifications are TypeScript, and the language they import is
 * always the one of this package, wherever the specification lies.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

import { INSTRUMENTED, instrumentSpec } from './instrument.js'
import { LANGUAGE } from './nodes.js'
import { transformSpec } from './transform.js'

const language = new URL('../index.js', import.meta.url).href
const instrumentedLanguage = new URL('../instrumented/language.js', import.meta.url).href

export const resolve: ResolveHook = async (specifier, context, next) => {
  const instrumented = isInstrumented(context.parentURL)
  if (specifier === LANGUAGE) {
    return { url: instrumented ? instrumentedLanguage : language, format: 'module', shortCircuit: true }
  }
  const resolved = await next(withSource(specifier, context.parentURL), context)
  if (!instrumented || !isSpecification(resolved.url)) return resolved
  const url = new URL(resolved.url)
  url.searchParams.set(INSTRUMENTED, '')
  return { ...resolved, url: url.href }
}

export const load: LoadHook = async (url, context, next) => {
  if (!isSpecification(url)) return next(url, context)
  const file = fileURLToPath(url)
  const transform = isInstrumented(url) ? instrumentSpec : transformSpec
  return { format: 'module', source: transform(await readFile(file, 'utf8'), file), shortCircuit: true }
}

function isSpecification(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { pathname, protocol } = new URL(url)
  return protocol === 'file:' && pathname.endsWith('.ts') && !pathname.endsWith('.d.ts')
}

function isInstrumented(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).searchParams.has(INSTRUMENTED)
}

/** Where a specification imports another by the name that TypeScript asks for (`../spec.js`), the source is meant. */
function withSource(specifier: string, parent: string | undefined): string {
  if (parent === undefined || !/^\.\.?\/.*\.js$/.test(specifier) || !new URL(parent).pathname.endsWith('.ts'))
    return specifier
  const source = specifier.replace(/\.js$/, '.ts')
  return existsSync(new URL(source, parent)) ? source : specifier
}
