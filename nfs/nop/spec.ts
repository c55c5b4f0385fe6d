import { drop, forward, spec } from 'vigil-nf/spec'

export default spec({
  title: 'Forwarding between pairs of ports',
  config: {},
  state: () => ({}),

  process({ packet, ingress, portCount }) {
    const partner = ingress % 2 === 0 ? ingress + 1 : ingress - 1
    if (partner >= portCount) return drop() // the last of an odd number of ports has no partner
    return forward(partner, packet) // 0 with 1, 2 with 3, and so on; no byte changes
  },
})
