/**
 * Where everything lies in the one memory that a network function, libVig and the burst driver share. Fixed for every
 * network function; docs/nf-binary.md says what each region is for.
 */

/** Below it nothing is mapped for the function: a null pointer and its neighbourhood. */
export const NF_DATA_START = 0x0001_0000
export const NF_STACK_END = 0x0008_0000
/** The stack grows down from here. */
export const NF_STACK_START = 0x0010_0000

export const DESCRIPTORS = 0x0010_0000
/** { packet u32, length u32, port u32, verdict i32, now i64 } */
export const DESCRIPTOR_SIZE = 24
/** Most packets of one burst. */
export const MAX_BURST = 256
/** Index of the packet being processed, written by the burst driver. */
export const PROGRESS = 0x001f_fff8
/** Where the host puts keys and results of its own calls into libVig, between runs. */
export const HOST_SCRATCH = 0x001f_0000

export const PACKET_AREA = 0x0020_0000
export const PACKET_AREA_SIZE = 0x0100_0000
/** Frames are page-aligned, one for each descriptor. */
export const FRAME_SIZE = 0x4000
/** Room before a packet, at least. */
export const HEADROOM = 256
/** Longest packet (a jumbo frame without its FCS). */
export const MAX_PACKET = 9018

export const LIBVIG_DATA_START = 0x0120_0000

export const DEFAULT_MEMORY = 128 * 1024 * 1024
/** Least memory that leaves libVig a heap. */
export const LEAST_MEMORY = 0x0140_0000
/** Most: addresses are signed 32-bit numbers in the interface. */
export const MOST_MEMORY = 0x8000_0000
export const PAGE = 65_536

/** Most ports: a set of ports is a bit mask in the verdict. */
export const MAX_PORTS = 30
