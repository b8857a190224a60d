/** A share for people: `42 %`, with one decimal below ten. */
export function percent(part: number, whole: number): string {
  const value = whole === 0 ? 0 : (100 * part) / whole;
  return `${value.toFixed(Math.abs(value) < 9.95 ? 1 : 0)} %`;
}

/** `+42 %` */
export function signedPercent(part: number, whole: number): string {
  return part < 0 ? percent(part, whole) : `+${percent(part, whole)}`;
}
