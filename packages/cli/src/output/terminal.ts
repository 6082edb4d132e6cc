import colors from 'picocolors';

type Colors = ReturnType<typeof colors.createColors>;

/** Colours for a stream: none where it is no terminal, or where NO_COLOR is set (https://no-color.org). */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  return colors.createColors(stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');
}

/** Output that nobody reads any more (`| head` has left) ends a program that only prints, without a word. */
export function endQuietlyWithoutReader(): void {
  process.stdout.on('error', () => process.exit());
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What is said to the person at the terminal, not to the program that reads the output. */
export function tellLine(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One JSON object a line. */
export function printJson(object: object): void {
  printLine(JSON.stringify(object));
}
