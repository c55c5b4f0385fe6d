/** The network functions that every machine can build; those in C have tests of their own. */
import { listBinaries, readManifest } from '../../src/nf/index.js'

export function listInAssemblyScript(): ReturnType<typeof listBinaries> {
  return listBinaries().filter(({ file }) => readManifest(file).code?.file.endsWith('.ts'))
}
