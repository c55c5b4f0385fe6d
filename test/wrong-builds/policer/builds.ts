/** Wrong policers. */
import { drops, misroutes, passes, type WrongBuild } from '../wrong-build.js'
import * as scenes from './scenes.js'
import { wrongSizes } from './sizes.js'

const { bucket, addresses, single, shapes } = scenes

const arithmetic: readonly WrongBuild[] = [
  ...drops(bucket, 'a new bucket', {
    name: 'new-bucket-empty',
    why: 'nobody receives a first packet',
    find: 'let tokens = full\n',
    replace: 'let tokens: u64 = 0\n',
  }),
  ...drops(bucket, 'a new bucket', {
    name: 'last-token-kept',
    why: 'a packet of the size of the bucket never passes',
    find: 'cost <= tokens',
    replace: 'cost < tokens',
  }),
  ...passes(bucket, 'nothing left', {
    name: 'first-packet-is-free',
    why: 'a destination receives twice its burst',
    find: '} else if (!expiring_map_insert(buckets, key, now, out)) return false\n',
    replace: '} else return expiring_map_insert(buckets, key, now, out) != 0\n',
  }),
  ...passes(bucket, 'nothing left', {
    name: 'nothing-is-paid',
    why: 'nothing is ever policed',
    find: 'conforms ? tokens - cost : tokens',
    replace: 'tokens',
  }),
  ...passes(bucket, 'nothing left', {
    name: 'time-not-stored',
    why: 'a bucket is always full',
    find: '  store<i64>(bucket, now, FILLED_AT)\n',
    replace: '',
  }),
  ...passes(bucket, 'nothing left', {
    name: 'bucket-always-full',
    why: 'nothing is ever policed',
    find: 'tokens = refilled(',
    replace: 'tokens = full + 0 * refilled(',
  }),
  ...drops(bucket, 'just enough', {
    name: 'dropped-packet-pays',
    why: 'an attack takes what others would receive',
    find: 'conforms ? tokens - cost : tokens',
    replace: 'conforms ? tokens - cost : 0',
  }),
  ...drops(bucket, 'just enough', {
    name: 'refill-lost-when-dropped',
    why: 'who is asked too often receives nothing',
    find: 'store<u64>(bucket, conforms ? tokens - cost : tokens)',
    replace: 'if (conforms) store<u64>(bucket, tokens - cost)',
  }),
  ...passes(bucket, 'and no more', {
    name: 'wait-counted-twice',
    why: 'every dropped packet is paid back later',
    find: '  store<i64>(bucket, now, FILLED_AT)\n',
    replace: '  if (conforms || load<i64>(bucket, FILLED_AT) == 0) store<i64>(bucket, now, FILLED_AT)\n',
  }),
  ...drops(bucket, 'just enough', {
    name: 'rate-in-bits',
    why: 'a destination receives an eighth of its rate',
    find: 'const sum = tokens + rate * elapsed',
    replace: 'const sum = tokens + ((rate * elapsed) >> 3)',
  }),
  ...passes(bucket, 'a byte too little', {
    name: 'rate-doubled',
    why: 'a destination receives twice its rate',
    find: 'const sum = tokens + rate * elapsed',
    replace: 'const sum = tokens + 2 * rate * elapsed',
  }),
  ...drops(bucket, 'which takes nothing', {
    name: 'larger-than-the-bucket-empties-it',
    why: 'one large packet stops a destination',
    find: 'conforms ? tokens - cost : tokens',
    replace: 'conforms ? tokens - cost : cost > full ? 0 : tokens',
  }),
  ...passes(bucket, 'larger than the bucket', {
    name: 'burst-not-held',
    why: 'a packet larger than the burst passes',
    find: 'conforms = cost <= tokens',
    replace: 'conforms = cost <= tokens || tokens == full',
  }),
  ...passes(bucket, 'full but for a byte', {
    name: 'full-one-nanosecond-early',
    why: 'a byte is given away',
    find: 'elapsed >= fillTime',
    replace: 'elapsed >= fillTime - 1',
  }),
  ...passes(bucket, 'but not fuller', {
    name: 'filled-beyond-the-burst',
    why: 'who waited receives more than the burst',
    find: 'sum < full ? sum : full',
    replace: 'sum',
  }),
  ...drops(scenes.fractions, 'twenty-eight', {
    name: 'fractions-of-bytes-lost',
    why: 'who is asked often receives less than the rate',
    find: 'const sum = tokens + rate * elapsed',
    replace: 'const sum = tokens + ((rate * elapsed) / TOKENS_PER_BYTE) * TOKENS_PER_BYTE',
  }),
  ...drops(scenes.longWait, 'after 52 days', {
    name: 'refill-overflows',
    why: 'after a long silence the bucket is empty',
    find: '  if (elapsed >= fillTime) return full\n',
    replace: '',
  }),
  ...drops(scenes.largest, 'full still', {
    name: 'sum-compared-as-signed',
    why: 'a large bucket overflows into an empty one',
    find: 'sum < full ? sum : full',
    replace: '<i64>sum < <i64>full ? sum : full',
  }),
]

const destinations: readonly WrongBuild[] = [
  ...drops(addresses, 'another network', {
    name: 'network-not-in-key',
    why: 'hosts of two networks share a bucket',
    find: 'load<u32>(ip + IPV4_DESTINATION), 12)',
    replace: 'load<u32>(ip + IPV4_DESTINATION) & 0xffff00ff, 12)',
  }),
  ...drops(addresses, 'another host', {
    name: 'host-not-in-key',
    why: 'hosts of a network share a bucket',
    find: 'load<u32>(ip + IPV4_DESTINATION), 12)',
    replace: 'load<u32>(ip + IPV4_DESTINATION) & 0x00ffffff, 12)',
  }),
  ...drops(addresses, 'another network', {
    name: 'policed-by-source',
    why: 'all that a server sends counts together',
    find: 'load<u32>(ip + IPV4_DESTINATION), 12)',
    replace: 'load<u32>(ip + IPV4_DESTINATION - 4), 12)',
  }),
  ...drops(addresses, 'IPv6, another network', {
    name: 'ipv6-network-not-in-key',
    why: 'hosts of two networks share a bucket',
    find: 'store<u64>(key, load<u64>(ip + IPV6_DESTINATION))',
    replace: 'store<u64>(key, 0)',
  }),
  ...drops(addresses, 'IPv6, another host', {
    name: 'ipv6-host-not-in-key',
    why: 'hosts of a network share a bucket',
    find: 'load<u64>(ip + IPV6_DESTINATION, 8)',
    replace: '0',
  }),
  ...drops(addresses, 'IPv6 with the bits of IPv4', {
    name: 'version-not-in-key',
    why: 'an IPv6 address shares a bucket with an IPv4 one',
    find: 'store<u32>(key, 6, VERSION)',
    replace: 'store<u32>(key, 4, VERSION)',
  }),
  ...passes(addresses, 'one again', {
    name: 'network-bytes-not-cleared',
    why: 'an IPv4 address has another bucket after IPv6',
    find: '  store<u64>(key, 0)\n',
    replace: '',
  }),
  ...passes(addresses, 'one again', {
    name: 'interface-bytes-not-cleared',
    why: 'an IPv4 address has another bucket after IPv6',
    find: '  store<u32>(key, 0, 8)\n',
    replace: '',
  }),
]

const table: readonly WrongBuild[] = [
  ...passes(single, 'no bucket left', {
    name: 'passes-what-has-no-bucket',
    why: 'a flood of addresses is not policed',
    find: 'now, out)) return false',
    replace: 'now, out)) return true',
  }),
  ...passes(single, 'no bucket left', {
    name: 'bucket-thrown-out-for-another',
    why: 'a flood of addresses makes all buckets full again',
    find: '} else if (!expiring_map_insert(buckets, key, now, out)) return false\n',
    replace:
      '} else if (!expiring_map_insert(buckets, key, now, out)) {\n    expiring_map_erase(buckets, 0)\n    expiring_map_insert(buckets, key, now, out)\n  }\n',
    needs: 'expiring_map_erase',
  }),
  ...passes(single, 'at the end of the expiration', {
    name: 'expires-one-nanosecond-early',
    why: 'a bucket is forgotten before its time',
    find: 'now - expiration)',
    replace: 'now - expiration + 1)',
  }),
  ...drops(single, 'past it', {
    name: 'expires-one-nanosecond-late',
    why: 'a bucket is kept beyond its time',
    find: 'now - expiration)',
    replace: 'now - expiration - 1)',
  }),
  ...drops(single, 'past it', {
    name: 'never-expires',
    why: 'the table is full for good',
    find: '  expiring_map_expire(buckets, now - expiration)\n',
    replace: '',
  }),
  ...passes(single, 'an expiration after the use', {
    name: 'not-refreshed',
    why: 'a bucket in use is forgotten, and full again',
    find: 'expiring_map_touch(buckets, key, now, out)',
    replace: 'expiring_map_get(buckets, key, out)',
    needs: 'expiring_map_get',
  }),
  ...passes(single, 'an expiration after the attack', {
    name: 'not-refreshed-by-dropped-packets',
    why: 'a bucket is forgotten under attack, and full again',
    find: 'if (expiring_map_touch(buckets, key, now, out)) {',
    replace:
      'if (expiring_map_get(buckets, key, out)) {\n    if (<u64>size * TOKENS_PER_BYTE <= full) expiring_map_touch(buckets, key, now, out)',
    needs: 'expiring_map_get',
  }),
]

const directions: readonly WrongBuild[] = [
  ...drops(bucket, 'from inside', {
    name: 'both-directions-policed',
    why: 'uploads count as downloads',
    find: '  if (port != wan) return egress\n',
    replace: '',
  }),
  ...drops(bucket, 'from inside', {
    name: 'wrong-direction-policed',
    why: 'downloads are not policed, uploads are',
    find: 'if (port != wan) return egress',
    replace: 'if (port == wan) return egress',
  }),
  ...misroutes(bucket, 'from inside', {
    name: 'sent-back',
    why: 'nothing crosses the device',
    find: 'const egress = 1 - port',
    replace: 'const egress = port',
  }),
  ...drops(shapes, 'ARP', {
    name: 'what-is-not-ip-dropped',
    why: 'no address is resolved across the device',
    find: '} else return egress',
    replace: '} else return DROP',
  }),
]

export const wrongPolicers: readonly WrongBuild[] = [
  ...arithmetic,
  ...destinations,
  ...table,
  ...directions,
  ...wrongSizes,
]
