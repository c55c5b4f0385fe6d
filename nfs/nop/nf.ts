// Forwards between pairs of ports, 0 <-> 1, 2 <-> 3 and so on. The last port of an odd number has no partner: dropped.
import { DROP } from '../../libvig/api'

@external('config', 'portCount')
declare function portCount(): i32

export function nf_init(): i32 {
  return 1
}

export function nf_process(port: i32, packet: i32, length: i32, now: i64): i32 {
  const partner = port ^ 1
  return partner < portCount() ? partner : DROP
}
