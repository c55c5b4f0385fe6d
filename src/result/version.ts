import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { packageRoot } from '../package-root.js'

/** The version in package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8')
  const data: unknown = JSON.parse(text)
  if (typeof data === 'object' && data !== null && 'version' in data && typeof data.version === 'string') {
    return data.version
  }
  throw new Error('package.json has no version')
}
