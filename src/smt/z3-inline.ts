/** Z3 in the present thread: nothing is faster, but nothing can stop it either, nor replace it once it has trapped. */
import { embeddedZ3, type Reply, type Request, type SyncEngine } from './engine.js'
import { Z3Instance } from './z3-instance.js'

export class InlineZ3 implements SyncEngine {
  readonly profile = embeddedZ3
  readonly incremental = true
  readonly version: string
  readonly #instance: Z3Instance
  #death: string | undefined

  private constructor(instance: Z3Instance) {
    this.#instance = instance
    this.version = instance.version
  }

  static async start(): Promise<InlineZ3> {
    return new InlineZ3(await Z3Instance.start())
  }

  run(request: Request): Reply {
    if (this.#death !== undefined) return { kind: 'died', detail: this.#death }
    try {
      const { text, more } = this.#instance.answer(request)
      return { kind: 'text', text, ...(more === undefined ? {} : { more }) }
    } catch (error) {
      this.#death = String(error)
      return { kind: 'died', detail: this.#death }
    }
  }

  close(): Promise<void> {
    return this.#instance.close()
  }
}
