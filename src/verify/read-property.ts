/** What a proof of a property needs to know of it. */
import { SymbolicPropertyReading } from '../domains/symbolic/property.js'
import { expiryCalls } from '../spec/load/expiries.js'
import type { LoadedProperty } from '../spec/load/properties.js'
import type { PropertyProof } from './property-proof.js'
import type { Subject } from './subject.js'

export type PropertyRead = Pick<PropertyProof, 'property' | 'expiries'>

/** @throws SpecError where the property does not fit the specification. */
export function readProperty({ nf, reading, spec }: Subject, { property, file }: LoadedProperty): PropertyRead {
  return {
    property: new SymbolicPropertyReading(property, file, nf.config, reading.declarations),
    expiries: expiryCalls(spec.source, spec.file),
  }
}
