import { VigilError, type Where } from '../errors.js'

/** A specification that is wrong in itself (not the network function): bad input, exit code 2. */
export class SpecError extends VigilError {
  constructor(what: string, where: Where = {}, options?: ErrorOptions) {
    super(2, what, where, options)
  }
}
