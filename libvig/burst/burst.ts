/**
 * The burst driver: calls the unmodified `nf_process` for each descriptor of a burst, so that JavaScript is entered once
 * per burst. It is part of what is trusted: it sets libVig's time to each packet's `now` and nothing else.
 *
 * A descriptor is 24 bytes: packet u32, length u32, port u32, verdict i32, now i64. Where they lie is fixed by the
 * memory map (docs/nf-binary.md, src/nf/memory-map.ts).
 */
@external('nf', 'nf_process')
declare function nf_process(port: i32, packet: i32, length: i32, now: i64): i32

@external('libvig', 'libvig_set_time')
declare function libvig_set_time(now: i64): void

const DESCRIPTORS: u32 = 0x100000
const DESCRIPTOR_SIZE: u32 = 24
/** Index of the packet being processed: says where a trap happened. */
const PROGRESS: u32 = 0x1ffff8

/** Processes descriptors 0 to `count - 1` in order, writing each verdict. */
export function run(count: i32): void {
  let descriptor = DESCRIPTORS
  for (let i = 0; i < count; i++) {
    const now = load<i64>(descriptor, 16)
    store<i32>(PROGRESS, i)
    libvig_set_time(now)
    store<i32>(descriptor, nf_process(load<i32>(descriptor, 8), load<i32>(descriptor), load<i32>(descriptor, 4), now), 12)
    descriptor += DESCRIPTOR_SIZE
  }
}
