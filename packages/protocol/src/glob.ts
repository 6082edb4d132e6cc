/**
 * Whether a name fits a pattern in which `*` stands for any characters and `?` for one, as in a shell: neither for a slash.
 *
 * Only the last star is ever tried again, so that no pattern takes longer than its length times that of the name; a
 * regular expression made from `*a*a*a*a*b` takes exponential time.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let star: { readonly inGlob: number; inName: number } | undefined;
  let inName = 0;
  while (inName < name.length) {
    if (glob[at] === '*') {
      star = { inGlob: at++, inName };
    } else if (glob[at] === name[inName] || (glob[at] === '?' && name[inName] !== '/')) {
      at++;
      inName++;
    } else if (star !== undefined && name[star.inName] !== '/') {
      at = star.inGlob + 1;
      inName = ++star.inName;
    } else {
      return false;
    }
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
