/** A specification by itself, with any options: hand-made pairs of input and output are judged, no device runs. */
import { resolveConfig } from '../../src/nf/config.js'
import { readManifest } from '../../src/nf/manifest.js'
import { type Judgement, loadSpec, OK, Oracle, VIOLATION } from '../../src/oracle/index.js'

export class Judge {
  readonly oracle: Oracle

  private constructor(oracle: Oracle) {
    this.oracle = oracle
  }

  /** The specification of `nf` under `options`, which replace those of its nf.yaml. */
  static async of(
    nf: string,
    config: Readonly<Record<string, string | number>>,
    options: Readonly<Record<string, string>>,
    portCount: number,
  ): Promise<Judge> {
    const resolved = resolveConfig(readManifest(`nfs/${nf}/nf.yaml`), { config, portCount })
    const values = new Map([...resolved.values, ...Object.entries(options)])
    const spec = await loadSpec(`nfs/${nf}/spec.ts`)
    return new Judge(new Oracle({ nf, instance: nf, spec, config: { values, portCount } }))
  }

  /** Whether `input` into `ingress` at `now` may leave as `output` by `egress`; without `output`, be dropped. */
  allows(ingress: number, now: bigint, input: Uint8Array, egress?: number, output?: Uint8Array): boolean {
    const [mask, bytes] = egress === undefined || output === undefined ? [0, input] : [1 << egress, output]
    const judgement: Judgement = this.oracle.judge(ingress, now, input, 0, input.length, mask, bytes, 0, bytes.length)
    if (judgement !== OK && judgement !== VIOLATION) throw new Error('undecided')
    return judgement === OK
  }
}
