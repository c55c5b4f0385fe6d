import { InputError } from '../../errors.js'

/**
 * Why a module is refused: its bytes follow no grammar, it breaks a rule of validation, or it uses a feature or a size
 * that is valid but not supported here.
 */
export type Refusal = 'malformed' | 'invalid' | 'unsupported'

/** A module was refused. `message` is `module <refusal> at byte 0x...: <reason>`; exit code 2. */
export class ModuleError extends InputError {
  readonly refusal: Refusal
  /** Byte offset in the file. */
  readonly offset: number
  /** Without the offset. */
  readonly reason: string

  constructor(refusal: Refusal, offset: number, reason: string, options?: ErrorOptions) {
    super(`module ${refusal} at byte 0x${offset.toString(16)}: ${reason}`, {}, options)
    this.refusal = refusal
    this.offset = offset
    this.reason = reason
  }
}

export function malformed(offset: number, reason: string): ModuleError {
  return new ModuleError('malformed', offset, reason)
}

export function invalid(offset: number, reason: string): ModuleError {
  return new ModuleError('invalid', offset, reason)
}

export function unsupported(offset: number, reason: string): ModuleError {
  return new ModuleError('unsupported', offset, reason)
}
