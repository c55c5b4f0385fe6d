import test from 'ava'

import { InputError } from '../../src/errors.js'
import { openPort } from '../../src/packetio/index.js'

test('a back-end that there is not is refused, with those that there are', (t) => {
  t.throws(() => openPort('pcap', 'eth0'), {
    instanceOf: InputError,
    message: 'there is no back-end pcap (there are af_packet, af_xdp, raw_ip)',
  })
})
