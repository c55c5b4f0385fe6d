/** What passes between a run and the processes that prove libVig's operations: plain data. */
import type { BackendStatistics } from '../../smt/index.js'
import type { LibvigProof } from '../libvig/proof.js'
import type { ScopedOperation } from '../libvig/scopes.js'
import type { SolverName } from './options.js'

/** First the solvers, then one operation after the other, as each is done. */
export type LibvigTask =
  | { readonly kind: 'begin'; readonly solvers: readonly SolverName[]; readonly binary: string | undefined }
  | { readonly kind: 'prove'; readonly asked: ScopedOperation }

export type LibvigAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'proved'; readonly proof: LibvigProof; readonly statistics: readonly BackendStatistics[] }
  | { readonly kind: 'failed'; readonly cause: string }
