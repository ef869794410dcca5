/**
 * Whether a name matches a glob: `*` stands for any characters, `?` for one.
 * Takes time in proportion to both lengths, whatever the glob.
 */
export function globMatches(glob: string, name: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++;
      starAt = at;
    } else if (glob[inGlob] === '?' || glob[inGlob] === name[at]) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      // Let the last star take one character more.
      inGlob = star + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === '*') {
    inGlob++;
  }
  return inGlob === glob.length;
}
