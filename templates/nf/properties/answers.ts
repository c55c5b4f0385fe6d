import { any, drop, property } from 'vigil-nf/spec'
import nf, { Host, OUTSIDE } from '../spec.js'

// A property says something of some packets and nothing (`any()`) of all others. `vigil verify pinhole --property
// strangers-stay-outside` proves it alone: it needs no complete specification.
export const strangersStayOutside = property(nf, {
  title: 'A host that nobody inside has written to does not get in',
  clause: 'README: only answers come in',
  check({ packet: { ipv4 }, ingress, hosts }) {
    if (ingress !== OUTSIDE || !ipv4) return any()
    return hosts.get(Host({ address: ipv4.src })) === undefined ? drop() : any()
  },
})
