/** Numbers as people read them. */

/** `1,793`, to the nearest integer. Node's own formatter takes 20 ms and more to load. */
export function count(value: number): string {
  return Math.round(value)
    .toFixed(0)
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 packet`, `1,793 packets`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** `94.3 %`; what is not all is never shown as 100 %, what is not nothing never as 0 %. */
export function share(part: number, whole: number): string {
  if (whole === 0) return ''
  const percent = (100 * part) / whole
  if (part > 0 && percent < 0.1) return '< 0.1 %'
  if (part < whole && percent > 99.9) return '> 99.9 %'
  return `${percent.toFixed(1).replace(/\.0$/, '')} %`
}

/** `0.25 s`, `3 min 20 s`. */
export function seconds(value: number): string {
  if (value < 100) return `${Number(value.toPrecision(3))} s`
  const whole = Math.round(value)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `2026-01-02 03:04:05 UTC`. */
export function instant(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`
}
