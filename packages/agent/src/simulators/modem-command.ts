/** One command of a line such as `ATE0S0=1DT5550100`. */
export type ModemCommand =
  /** A letter, or & and a letter, with its parameter: E0, &F, H. A parameter that is left out is 0. */
  | { readonly kind: 'letter'; readonly name: string; readonly value: number }
  /** Sn, which makes n the register that `=` and `?` mean; with `value` it is set, with `ask` shown. */
  | { readonly kind: 'register'; readonly number: number | undefined; readonly value?: number; readonly ask?: true }
  /** D and all that follows; spaces and dashes are for people. */
  | { readonly kind: 'dial'; readonly digits: string }
  | { readonly kind: 'unknown' };

/**
 * Reads what stands behind `AT`. Unknown text is one last command `unknown`: what stands before it is carried out,
 * as real modems do.
 */
export function parseModemCommands(line: string): ModemCommand[] {
  const commands: ModemCommand[] = [];
  let rest = line.toUpperCase().replaceAll(' ', '');
  while (rest !== '') {
    const [command, length] = firstCommand(rest);
    commands.push(command);
    rest = rest.slice(length);
  }
  return commands;
}

function firstCommand(text: string): [ModemCommand, number] {
  if (text.startsWith('D')) return [{ kind: 'dial', digits: text.slice(1).replace(/[-()./]/g, '') }, text.length];
  const register = /^(?:S(\d{1,3}))?(?:=(\d{0,3})|(\?))?/.exec(text);
  if (register !== null && register[0] !== '') return [registerCommand(register), register[0].length];
  const letter = /^(&?[A-Z])(\d{0,3})/.exec(text);
  if (letter === null || letter[1] === 'S') return [{ kind: 'unknown' }, text.length];
  return [{ kind: 'letter', name: letter[1] ?? '', value: Number(letter[2]) }, letter[0].length];
}

function registerCommand([, digits, value, ask]: RegExpExecArray): ModemCommand {
  const number = digits === undefined ? undefined : Number(digits);
  if (value !== undefined) return { kind: 'register', number, value: Number(value) };
  return ask === undefined ? { kind: 'register', number } : { kind: 'register', number, ask: true };
}
