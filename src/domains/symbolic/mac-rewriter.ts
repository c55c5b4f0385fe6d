import { errorHere } from '../../spec/instrumented/index.js'
import { SymbolicList } from './config.js'

/** The Ethernet addresses of a packet routed out of each port, from `deviceMac` and `nextHopMac`. */
export function macRewriter({ deviceMac, nextHopMac }: Readonly<Record<string, unknown>>): (egress: unknown) => object {
  return (egress) => {
    if (deviceMac instanceof SymbolicList && nextHopMac instanceof SymbolicList) {
      return { ethernet: { src: deviceMac.at(egress), dst: nextHopMac.at(egress) } }
    }
    throw errorHere('rewriteMacs needs deviceMac and nextHopMac in config, each perPort(macAddress)')
  }
}
