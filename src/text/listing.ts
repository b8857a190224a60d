/** Names for a sentence: `a`, `a and b`, `a, b, c and 4 more`. @param most so many are named at most */
export function listed(names: readonly string[], word: 'and' | 'or', most = 3): string {
  const left = names.length - most;
  const all = left > 0 ? [...names.slice(0, most), `${left} more`] : names;
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1)}`;
}
