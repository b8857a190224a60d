const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/**
 * Formats bytes for people exactly as CPython's `tracemalloc._format_size` does: three digits below 100 (`35.0 MiB`), up to five
 * above (`9970 KiB`).
 *
 * @param sign if true, numbers of zero or more get a plus sign
 */
export function formatSize(bytes: number, sign = false): string {
  let size = bytes;
  for (const unit of UNITS) {
    if (Math.abs(size) < 100 && unit !== 'B') return `${signed(oneDecimal(size), sign)} ${unit}`;
    if (Math.abs(size) < 10 * 1024) return `${signed(noDecimals(size), sign)} ${unit}`;
    size /= 1024;
  }
  return `${signed(Math.abs(size) < 100 ? oneDecimal(size) : noDecimals(size), sign)} TiB`;
}

function signed(digits: string, sign: boolean): string {
  return sign && !digits.startsWith('-') ? `+${digits}` : digits;
}

/*
 * toFixed rounds the exact binary value, as Python does. They differ only on exact ties: toFixed rounds them away from zero, Python to
 * the even digit. A tie of the last integer digit is an odd number of halves. A tie of the first decimal has the form k/20 with k odd,
 * and such a number is a binary fraction only if it is an odd number of quarters.
 */
function noDecimals(value: number): string {
  const isTie = Math.abs(value * 2) % 2 === 1;
  const floor = Math.floor(Math.abs(value));
  return isTie ? withSign(value, String(floor % 2 === 0 ? floor : floor + 1)) : value.toFixed(0);
}

function oneDecimal(value: number): string {
  const isTie = Math.abs(value * 4) % 2 === 1;
  if (!isTie) return value.toFixed(1);
  const tenths = Math.floor(Math.abs(value) * 10);
  return withSign(value, ((tenths % 2 === 0 ? tenths : tenths + 1) / 10).toFixed(1));
}

function withSign(value: number, digits: string): string {
  return value < 0 ? `-${digits}` : digits;
}
