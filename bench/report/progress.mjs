import { formatValue } from './metric-table.mjs';

/** Tells on standard error what is going on: in one line on a terminal, line by line elsewhere. */
export class Progress {
  #isTerminal = process.stderr.isTTY === true;

  starts({ title }, ports) {
    this.#show(`starting ${title}, ${ports === 1 ? '1 port' : `${ports} ports`}`);
  }

  warmsUp(turns) {
    if (turns.length === 0) return;
    this.#show(`warming up: ${[...new Set(turns.map(({ row }) => row.name))].join(', ')}`);
  }

  turn({ round, row, chain, result }) {
    const [[metric, value]] = Object.entries(result.values);
    this.#show(`round ${round}: ${row.name}, ${chain.name}: ${formatValue(metric, value)}`);
  }

  /** Something that stays to be read. */
  says(text) {
    this.end();
    process.stderr.write(`${text}\n`);
  }

  end() {
    if (this.#isTerminal) process.stderr.write('\r\x1b[K');
  }

  #show(text) {
    if (this.#isTerminal) process.stderr.write(`\r\x1b[K${text.slice(0, process.stderr.columns - 1)}`);
    else process.stderr.write(`${text}\n`);
  }
}
