import { readFileSync } from 'node:fs'

/** The version in package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const data: unknown = JSON.parse(text)
  if (typeof data === 'object' && data !== null && 'version' in data && typeof data.version === 'string') {
    return data.version
  }
  throw new Error('package.json has no version')
}
