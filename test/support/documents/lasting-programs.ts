/** A program that does not end by itself. */
interface LastingProgram {
  /** What is typed, without what may stand before it: variables, sudo. */
  readonly typed: RegExp;
  /** What it prints when it does what it is there for; of one that prints nothing, the path that is there then. */
  readonly ready: RegExp | { readonly path: RegExp };
  /** It ends with the program that uses it. */
  readonly mayEnd?: true;
  /** For one that needs a terminal: the keys that make it end. */
  readonly leave?: string;
}

const lastingPrograms: Readonly<Record<string, LastingProgram>> = {
  'sercli agent': { typed: /^sercli agent(?! reload| .*--check)/, ready: /advertised as/ },
  'sercli attach': { typed: /^sercli attach(?!.*--no-wait)/, ready: / is at | attached|waiting to be let in/ },
  'sercli ser2net': { typed: /^sercli ser2net .*-n/, ready: /is served on/ },
  'sercli ls': { typed: /^sercli ls .*--watch/, ready: /PORT/ },
  'sercli lines': { typed: /^sercli lines .*--watch/, ready: /DTR/ },
  'sercli console': { typed: /^sercli console/, ready: /Ctrl-\]/, leave: '\x1d' },
  'sercli demo': { typed: /^sercli demo/, ready: /Ctrl-\]/, leave: '\x1d' },
  socat: { typed: /^socat pty/, mayEnd: true, ready: { path: /link=([^,\s]+)/ } },
  minicom: { typed: /^minicom/, ready: /Press CTRL-A Z for help/, leave: '\x01x\r' },
};

export interface Lasting extends LastingProgram {
  readonly name: string;
}

/** Undefined for a command that ends by itself. */
export function lastingProgram(line: string): Lasting | undefined {
  const typed = line.replace(/^(?:\w+=\S* |sudo )*/, '');
  const found = Object.entries(lastingPrograms).find(([, program]) => program.typed.test(typed));
  return found === undefined ? undefined : { name: found[0], ...found[1] };
}
