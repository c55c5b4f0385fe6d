import { type Field, readNumber, readWide, writeField } from './field.js'

/**
 * A header at an offset of any bytes: nothing is judged, nothing throws. Reading past the end gives 0, writing there
 * does nothing; a value too wide for its field is cut. Setters leave checksums and lengths alone.
 */
export abstract class HeaderView {
  readonly bytes: Uint8Array
  /** Offset of the header in `bytes`. */
  readonly at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.at = at
  }

  protected get(field: Field): number {
    return readNumber(this.bytes, this.at, field)
  }

  protected getWide(field: Field): bigint {
    return readWide(this.bytes, this.at, field)
  }

  protected set(field: Field, value: number | bigint): void {
    writeField(this.bytes, this.at, field, value)
  }
}
