import { any, drop, forwardToSet, must, property } from 'vigil-nf/spec'
import bridge from '../spec.js'

const C_TAG = 0x8100 // IEEE 802.1Q-2014 table 9-1

export const framesStayAsTheyAre = property(bridge, {
  title: 'Without VLANs a frame leaves as it came in',
  clause: 'README: without VLANs, tags are payload like any other',
  needs: { what: 'no VLANs', isMet: ({ config }) => !config.vlanAware },
  check({ packet, config, output }) {
    return config.vlanAware || !output.packet ? any() : forwardToSet(output.ports, packet)
  },
})

export const onlyTheVidChanges = property(bridge, {
  title: 'With VLANs nothing of a frame changes but the VID of its tag, which is never 0 on the way out',
  clause: 'IEEE 802.1Q-2014 clauses 6.9.1 and 6.9.2',
  needs: { what: 'VLANs', isMet: ({ config }) => config.vlanAware },
  check({ packet, config, output }) {
    if (!config.vlanAware || !output.packet) return any()
    if (packet.vlan?.tpid !== C_TAG) return forwardToSet(output.ports, packet)
    if (output.packet.vlan?.id === 0) return must(false)
    return forwardToSet(output.ports, packet.with({ vlan: { id: any } }))
  },
})

export const tagsStayOnTrunks = property(bridge, {
  title: 'Tagged frames leave by trunks only, untagged ones only by ports of the VLAN that they came in by',
  clause: 'IEEE 802.1Q-2014 clauses 8.6.4 and 8.8.2',
  needs: { what: 'VLANs', isMet: ({ config }) => config.vlanAware },
  check({ packet, ingress, config, portCount, output }) {
    if (!config.vlanAware || !output.packet) return any()
    let allowed = 0
    for (let port = 0; port < portCount; port++) {
      const isTrunk = ((config.trunks >> port) & 1) === 1
      const isMember = config.pvid.at(port) === config.pvid.at(ingress)
      if (packet.vlan?.tpid === C_TAG ? isTrunk : isMember && !isTrunk) allowed |= 1 << port
    }
    return must((output.ports & ~allowed) === 0)
  },
})

export const otherVlansStayOut = property(bridge, {
  title: 'A frame tagged with a VLAN that its port does not carry does not enter',
  clause: 'IEEE 802.1Q-2014 clause 8.6.2: ingress filtering',
  needs: { what: 'VLANs', isMet: ({ config }) => config.vlanAware },
  check({ packet: { vlan }, ingress, config }) {
    if (!config.vlanAware || vlan?.tpid !== C_TAG || vlan.id === 0) return any()
    const isTrunk = ((config.trunks >> ingress) & 1) === 1
    return isTrunk || vlan.id === config.pvid.at(ingress) ? any() : drop()
  },
})
