import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '../../packages/testkit/dist/running-programs.js';
import { within } from '../../packages/testkit/dist/within.js';

/** How long a job may take to end after it should have, in milliseconds. */
const endTimeoutMs = 20_000;

/** One end of a chain (endpoint.c): the devices, or the application. */
export class Endpoint {
  #child;
  #nextId = 1;
  /** id -> who waits for what the job reports */
  #waiting = new Map();
  #paths = [];
  #ready = withResolvers();

  static device(program, count) {
    return Endpoint.#start(program, ['device', String(count)]);
  }

  static application(program, paths) {
    return Endpoint.#start(program, ['application', ...paths]);
  }

  static async #start(program, args) {
    const endpoint = new Endpoint(spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await endpoint.#ready.promise;
    return endpoint;
  }

  constructor(child) {
    this.#child = child;
    const exited = once(child, 'exit');
    endWithThisProcess(child.pid, exited);
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(JSON.parse(line)));
    void exited.then(([code, signal]) => this.#end(new Error(`an endpoint ended with ${signal ?? code}`)));
  }

  /** What an agent opens as its devices. */
  get paths() {
    return this.#paths;
  }

  /** Starts a job on a port. */
  start(job, port, ...args) {
    const id = this.#nextId++;
    const answer = withResolvers();
    // Whoever asks later hears of the failure; until then it is no unhandled one.
    answer.promise.catch(() => undefined);
    this.#waiting.set(id, answer);
    this.#command(id, job, port, ...args);
    return new Job(job, {
      done: answer.promise,
      stop: () => this.#command(id, 'stop'),
      expect: (bytes) => this.#command(id, 'expect', bytes),
    });
  }

  /** Runs a job that ends by itself. */
  run(job, port, ...args) {
    return this.start(job, port, ...args).result();
  }

  async close() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
  }

  #command(...words) {
    this.#child.stdin.write(`${words.join(' ')}\n`);
  }

  #take(message) {
    if (message.path !== undefined) this.#paths.push(message.path);
    else if (message.ready !== undefined) this.#ready.resolve();
    else {
      this.#waiting.get(message.id)?.resolve(message);
      this.#waiting.delete(message.id);
    }
  }

  #end(error) {
    this.#ready.reject(error);
    for (const answer of this.#waiting.values()) answer.reject(error);
    this.#waiting.clear();
  }
}

/** A running job; what it reports is checked. */
class Job {
  #name;
  #controls;

  constructor(name, controls) {
    this.#name = name;
    this.#controls = controls;
  }

  /** @throws Error when a byte was wrong, or the job failed or takes longer than it may */
  async result(timeoutMs = endTimeoutMs) {
    const report = await within(this.#controls.done, timeoutMs, this.#name);
    if (report.error !== undefined) throw new Error(`${this.#name}: ${report.error}`);
    if (report.wrong > 0) throw new Error(`${this.#name}: ${report.wrong} of ${report.bytes} bytes were wrong`);
    return report;
  }

  /** Ends it now. */
  stop() {
    this.#controls.stop();
    return this.result();
  }

  /** Waits until it has had so many bytes, and no more. */
  expect(bytes) {
    this.#controls.expect(bytes);
    return this.result();
  }
}

function withResolvers() {
  let resolve;
  let reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
