import { existsSync, readdirSync } from 'node:fs'

/** What DPDK keeps of running processes. */
export function leftBehind(pid: number | undefined): string[] {
  const folders = ['/var/run/dpdk', '/tmp/dpdk', '/dev/hugepages', `${process.env.XDG_RUNTIME_DIR}/dpdk`]
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith(`vigil-${pid}-`))
}
