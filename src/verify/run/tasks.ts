/** What is asked for, as a task for each network function. */
import { InputError } from '../../errors.js'
import { listBinaries } from '../../nf/find.js'
import { requireBackends } from '../../smt/backends.js'
import { havingProperties } from './having-properties.js'
import type { VerifyOptions } from './options.js'
import type { Task } from './task.js'

/** @throws InputError where it is not clear what is asked for, MachineError where a solver is missing. */
export async function tasksOf(options: VerifyOptions): Promise<readonly Task[]> {
  const { solvers = ['z3-embedded'], crossCheck, binary, config = [], longest, limits, mostPaths, dump, seed } = options
  const { properties } = options
  const names = [...new Set(options.nfs ?? listBinaries().map(({ name }) => name))]
  if (names.length === 0) throw new InputError('there is no network function to prove')
  if (solvers.length === 0) throw new InputError('no solver is named')
  if (options.anyConfig === true && options.properties !== undefined) {
    throw new InputError('properties are proved for one configuration at a time', {
      hint: 'leave out --any-config or the properties',
    })
  }
  if (binary !== undefined && names.length > 1) {
    throw new InputError('a binary is given, but several network functions', { hint: 'name the one that it is' })
  }
  if (crossCheck !== undefined && solvers.includes(crossCheck)) {
    throw new InputError(`${crossCheck} cannot check its own answers`, { hint: 'name another solver' })
  }
  requireBackends([...solvers, ...(crossCheck === undefined ? [] : [crossCheck])])
  const shared = {
    solvers,
    ...(options.anyConfig === undefined ? {} : { anyConfig: options.anyConfig }),
    ...(options.lock === undefined ? {} : { lock: options.lock }),
    ...(binary === undefined ? {} : { binary }),
    ...(properties === undefined ? {} : { properties }),
    ...(crossCheck === undefined ? {} : { crossCheck }),
    ...(longest === undefined ? {} : { longest }),
    ...(limits === undefined ? {} : { limits }),
    ...(mostPaths === undefined ? {} : { mostPaths }),
    ...(dump === undefined ? {} : { dump }),
    ...(seed === undefined ? {} : { seed }),
  }
  const concerned = Array.isArray(properties) ? await havingProperties(names, properties) : names
  return concerned.map((nf) => ({ nf, config: configOf(nf, names, config), ...shared }))
}

/** `nat.maxFlows=16` is for nat; without a name it is for the only one there is. */
function configOf(nf: string, names: readonly string[], given: NonNullable<VerifyOptions['config']>): Task['config'] {
  return given.flatMap((item): Task['config'] => {
    if (typeof item !== 'string') return [item]
    const match = /^([^.=]+)\.([^=]+=.*)$/s.exec(item)
    const name = match?.[1]
    if (name !== undefined && names.includes(name)) return name === nf ? [match?.[2] ?? ''] : []
    if (names.length === 1) return [item]
    throw new InputError(`--config ${item} does not say which network function is meant`, {
      hint: `write for example ${nf}.${item}`,
    })
  })
}
