import { any, drop, forwardToSet, must, property } from 'vigil-nf/spec'
import nop from '../spec.js'

export const partnerlessDropped = property(nop, {
  title: 'What comes in by a port without a partner leaves nowhere',
  clause: 'README: ports work in pairs',
  needs: { what: 'an odd number of ports', isMet: ({ portCount }) => portCount % 2 === 1 },
  check({ ingress, portCount }) {
    return ingress % 2 === 0 && ingress + 1 === portCount ? drop() : any()
  },
})

export const pairsAreClosed = property(nop, {
  title: 'A packet leaves by the partner of its port, and by no other',
  clause: 'README: 0 with 1, 2 with 3, and so on',
  check({ ingress, output }) {
    if (output.packet === undefined) return any()
    const partner = ingress % 2 === 0 ? ingress + 1 : ingress - 1
    return must(output.ports === 1 << partner)
  },
})

export const noByteChanges = property(nop, {
  title: 'A packet leaves as it came in',
  clause: 'README: no byte is changed',
  check({ packet, output }) {
    return output.packet === undefined ? any() : forwardToSet(output.ports, packet)
  },
})
