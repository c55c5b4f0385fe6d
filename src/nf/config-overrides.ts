/** Configuration given beside nf.yaml: `name=value` and `file.yaml` on the command line, values in a topology. */
import { InputError, type Where } from '../errors.js'
import { YamlSource } from './yaml-source.js'

/** One value and where it was given. */
export interface ConfigOverride {
  readonly name: string
  /** Text, or what YAML made of it. */
  readonly value: unknown
  readonly where: Where
  /** Where a row of a table stands, by its key or index; where unknown, `where` is as near as it gets. */
  readonly rowWhere?: (row: string | number) => Where
}

/** What callers may give: `name=value`, the path of a YAML file, a value with its place; or a plain record. */
export type ConfigSource = readonly (string | ConfigOverride)[] | Readonly<Record<string, unknown>>

/** In the order given; of several for one name the last counts. */
export function readOverrides(source: ConfigSource): ConfigOverride[] {
  if (!isList(source)) return Object.entries(source).map(([name, value]) => ({ name, value, where: {} }))
  return source.flatMap((item) => (typeof item === 'string' ? readArgument(item) : [item]))
}

/** One as `name=value`, to be read again. */
export function overrideWord({ name, value }: Pick<ConfigOverride, 'name' | 'value'>): string {
  return `${name}=${wordOf(value)}`
}

/** Sets in a list are set off by semicolons. */
function wordOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordOf).join(value.some(Array.isArray) ? ';' : ',')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, one]) => `${key}=${wordOf(one)}`)
    .join(',')
}

function isList(source: ConfigSource): source is readonly (string | ConfigOverride)[] {
  return Array.isArray(source)
}

function readArgument(text: string): ConfigOverride[] {
  const equals = text.indexOf('=')
  if (equals > 0) return [{ name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim(), where: {} }]
  if (/\.ya?ml$/.test(text)) return readFile(text)
  throw new InputError(`--config ${text}: neither name=value nor a .yaml file`)
}

function readFile(file: string): ConfigOverride[] {
  const source = YamlSource.read(file)
  const { value } = source
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError('is not a mapping of configuration names to values', { file })
  }
  return Object.entries(value).map(([name, given]) => ({
    name,
    value: given,
    where: source.where([name]),
    rowWhere: (row) => source.where([name, row]),
  }))
}
