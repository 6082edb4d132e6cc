/** Every figure of every round, and all latencies of a row and chain. */
export class Measurements {
  #values = new Map();
  #latencies = new Map();
  #failures = [];

  /** @param result `{ values, latencies }`: metric -> number, microseconds */
  add(row, chain, { values, latencies = [] }) {
    for (const [metric, value] of Object.entries(values)) append(this.#values, [row, chain, metric], value);
    append(this.#latencies, [row, chain], latencies);
  }

  /** @param message as long as it may be: programs tell all they have printed */
  fail(row, chain, message) {
    this.#failures.push({ row: row.name, chain: chain.name, message });
  }

  failed(row, chain) {
    return this.#failures.some((failure) => failure.row === row.name && failure.chain === chain.name);
  }

  /** `{ row, chain, message }` */
  get failures() {
    return this.#failures;
  }

  /** One a round, undefined when it was not measured. */
  values(row, chain, metric) {
    return this.#values.get([row, chain, metric].join());
  }

  /** In microseconds. */
  latencies(row, chain) {
    return this.#latencies.get([row, chain].join())?.flat() ?? [];
  }
}

function append(map, keys, value) {
  const key = keys.join();
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
