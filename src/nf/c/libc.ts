/** What there is in the kit in place of a libc, by what was looked for. */

const KIT = 'what there is stands in docs/c.md'

const inPlaceOf: readonly (readonly [names: RegExp, instead: string])[] = [
  [/^(v?f?s?n?printf|f?puts|f?putc|putchar|perror)$/, 'vigil_debug and its like print, in debug builds'],
  [/^(str\w+|memchr|memmem|mempcpy|bzero)$/, 'the kit has memcpy, memmove, memset and memcmp'],
  [/^(calloc|aligned_alloc|alloca)$/, 'malloc gives zeroed memory, in nf_init'],
  [/^(free|realloc|reallocarray)$/, 'malloc is for nf_init, and its memory is never given back'],
  [/^(s?rand|s?random|[dlm]rand48|getrandom)$/, 'libvig.h has random_u32'],
  [/^(time|clock|clock_gettime|gettimeofday)$/, 'the argument `now` is the time in nanoseconds'],
  [/^(assert|abort|_?exit|__assert_fail)$/, 'answer NF_DROP, or end with __builtin_trap()'],
]

const headers: readonly (readonly [names: RegExp, instead: string])[] = [
  [/^(string|strings|memory|stdlib|malloc)\.h$/, 'vigil.h has memcpy, memmove, memset, memcmp and malloc'],
  [/^stdio\.h$/, 'vigil.h has vigil_debug and its like, for debug builds'],
  [
    /^(assert|errno|signal|unistd|pthread)\.h$/,
    `a network function is called with each packet, and nothing else runs; ${KIT}`,
  ],
  [/^(time|sys\/time)\.h$/, 'the argument `now` of nf_process is the time in nanoseconds'],
  [/^(arpa\/inet|endian|byteswap|netinet\/in)\.h$/, 'vigil.h has ntohs, ntohl, htons and htonl'],
  [/^(net|netinet|linux)\//, 'vigil.h has headers of Ethernet, IPv4, IPv6, TCP, UDP and ICMP'],
]

/** Where a function that is called is defined nowhere. */
export function insteadOf(name: string): string {
  const instead = found(inPlaceOf, name)
  if (instead !== undefined) return `there is no libc; ${instead}`
  return `is its file named in nf.yaml, as in source: [nf.c, more.c]? There is no libc; ${KIT}`
}

/** Where a header is not found: `'string.h' file not found`. */
export function insteadOfHeader(complaint: string): string | undefined {
  const name = /^'(.+)' file not found/.exec(complaint)?.[1]
  return name === undefined ? undefined : `there is no libc; ${found(headers, name) ?? KIT}`
}

function found(table: typeof headers, name: string): string | undefined {
  return table.find(([names]) => names.test(name))?.[1]
}
