/** Every figure of every round: row -> chain -> metric -> values; and all latencies of a row and chain. */
export class Measurements {
  #values = new Map();
  #latencies = new Map();

  add(row, chain, { values, latencies = [] }) {
    for (const [metric, value] of Object.entries(values)) {
      const key = [row, chain, metric].join();
      this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
    }
    const key = [row, chain].join();
    this.#latencies.set(key, [...(this.#latencies.get(key) ?? []), latencies]);
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
