import { PassThrough } from 'node:stream';
import type { ClientList, WaitingClient } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AdmissionPrompt, type Admitting, quietMs } from './admission-prompt.ts';
import { StatusLine } from './output/status-line.ts';

const request = (letter: string, name: string): WaitingClient => ({
  fingerprint: `${letter.repeat(51)}A`,
  name,
  address: '192.168.7.2:51034',
  role: 'control',
  port: 'ttyS0',
  since: '2026-11-22T10:04:00.000Z',
  until: '2026-11-22T10:14:00.000Z',
  isConnected: true,
});
const anna = request('K', 'anna@laptop');
const bob = request('B', 'bob@desk');
const annaAsked = 'let in KKKK-KKKK-KKKK-KKKK? [c]ontrol, [m]onitor, [n]o, [l]ater ';
const bobAsked = 'let in BBBB-BBBB-BBBB-BBBB? [c]ontrol, [m]onitor, [n]o, [l]ater ';

/** An agent at whose door clients wait. */
class Door implements Admitting {
  readonly decided: object[] = [];
  failure: Error | undefined;
  #waiting: readonly WaitingClient[] = [];
  #changed: (waiting: readonly WaitingClient[]) => void = () => undefined;

  watchWaiting(changed: (waiting: readonly WaitingClient[]) => void): () => void {
    this.#changed = changed;
    changed(this.#waiting);
    return () => {
      this.#changed = () => undefined;
    };
  }

  set waiting(waiting: readonly WaitingClient[]) {
    this.#waiting = waiting;
    this.#changed(waiting);
  }

  async authorize(fingerprint: string, { role, ports }: { role: 'control' | 'monitor'; ports: string[] }) {
    if (this.failure !== undefined) throw this.failure;
    this.decided.push({ fingerprint, role, ports });
    return this.#settle(fingerprint, [{ fingerprint, role, ports, name: 'anna' }]);
  }

  turnAway(fingerprint: string): ClientList {
    this.decided.push({ fingerprint });
    return this.#settle(fingerprint, []);
  }

  #settle(fingerprint: string, clients: ClientList['clients']): ClientList {
    this.waiting = this.#waiting.filter((client) => client.fingerprint !== fingerprint);
    const agent = { name: 'plant', software: 'test', open: false };
    return { version: 1, agent, file: '/authorized_clients', clients, waiting: [...this.#waiting] };
  }
}

describe('AdmissionPrompt', () => {
  let door: Door;
  let input: PassThrough & { isRaw: boolean };
  let written: string;
  let isInForeground: boolean;
  let signals: string[];
  let line: StatusLine;
  let prompt: AdmissionPrompt;
  let question: () => string;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    door = new Door();
    written = '';
    isInForeground = true;
    signals = [];
    const setRawMode = (isRaw: boolean): void => void Object.assign(input, { isRaw });
    input = Object.assign(new PassThrough(), { isRaw: false, setRawMode });
    const write = (text: string): void => {
      written += text;
    };
    question = () => '';
    line = new StatusLine({ isTTY: true, columns: 80, write } as unknown as NodeJS.WriteStream, () => question());
    prompt = new AdmissionPrompt(door, {
      input: input as unknown as NodeJS.ReadStream,
      line,
      isInForeground: () => isInForeground,
      signal: (signal) => signals.push(signal),
    });
    question = () => prompt.question;
  });
  afterEach(() => {
    prompt.close();
    line.close();
    vi.useRealTimers();
  });

  const type = async (keys: string): Promise<void> => {
    input.write(keys);
    await vi.advanceTimersByTimeAsync(0);
  };
  const quiet = (): Promise<unknown> => vi.advanceTimersByTimeAsync(quietMs);

  it('shows who asks for what, and lets in at a key', async () => {
    expect(input.isRaw).toBe(false);
    door.waiting = [anna];
    expect(written).toContain(
      [
        'anna@laptop asks to be let in',
        '  fingerprint  KKKK-KKKK-KKKK-KKKK',
        '  from         192.168.7.2:51034',
        '  wants        control of ttyS0',
      ].join('\n'),
    );
    await quiet();
    expect(prompt.question).toBe(annaAsked);
    expect(input.isRaw).toBe(true);
    await type('x');
    await type('M');
    expect(door.decided).toEqual([{ fingerprint: anna.fingerprint, role: 'monitor', ports: ['*'] }]);
    expect(written).toContain('anna (KKKK-KKKK-KKKK-KKKK) may monitor all ports\n');
    expect([prompt.question, input.isRaw, input.isPaused()]).toEqual(['', false, true]);
  });

  it('takes no key for an answer that was hit before the question stood still, nor one of several', async () => {
    door.waiting = [anna];
    await type('c');
    await vi.advanceTimersByTimeAsync(quietMs - 1);
    await type('c');
    await vi.advanceTimersByTimeAsync(quietMs - 1);
    expect(prompt.question).toBe('let in KKKK-KKKK-KKKK-KKKK? ');
    await quiet();
    await type('cc');
    expect(door.decided).toEqual([]);
    await type('n');
    expect(door.decided).toEqual([{ fingerprint: anna.fingerprint }]);
  });

  it('asks about one after the other, and not again about who is to wait', async () => {
    door.waiting = [anna, bob];
    await quiet();
    await type('l');
    await quiet();
    expect(prompt.question).toBe(bobAsked);
    await type('l');
    expect(prompt.question).toBe('');
    door.waiting = [{ ...anna, isConnected: false }, bob];
    expect(prompt.question).toBe('');
    door.waiting = [{ ...anna, role: 'monitor' }];
    await quiet();
    expect(prompt.question).toBe(annaAsked);
    expect(door.decided).toEqual([]);
  });

  it('drops a question that was answered elsewhere, and with it the key that was on its way', async () => {
    door.waiting = [anna, bob];
    await quiet();
    door.waiting = [bob];
    await type('c');
    expect(door.decided).toEqual([]);
    await quiet();
    expect(prompt.question).toBe(bobAsked);
    door.waiting = [];
    expect([prompt.question, input.isRaw]).toEqual(['', false]);
  });

  it('keeps the question below what is written meanwhile', async () => {
    door.waiting = [anna];
    await quiet();
    written = '';
    line.writeAbove('10:04 INFO: plugged in');
    expect(written).toBe(`\r\x1b[K10:04 INFO: plugged in\n\r\x1b[K${annaAsked}`);
  });

  it('says why a client could not be let in, and asks about the next', async () => {
    door.failure = new Error('the disk is full');
    door.waiting = [anna, bob];
    await quiet();
    await type('c');
    expect(written).toContain('the disk is full\n');
    await quiet();
    expect(prompt.question).toBe(bobAsked);
  });

  it('gives signals that keys stand for', async () => {
    door.waiting = [anna];
    await type('\x03');
    expect([signals, input.isRaw]).toEqual([['SIGINT'], true]);
    await quiet();
    await type('\x1a');
    expect([signals, input.isRaw]).toEqual([['SIGINT', 'SIGTSTP'], false]);
    process.emit('SIGCONT', 'SIGCONT');
    expect([prompt.question, input.isRaw]).toEqual([annaAsked, true]);
  });

  it('leaves the terminal alone while other programs have it', async () => {
    isInForeground = false;
    door.waiting = [anna];
    expect([prompt.question, input.isRaw, written]).toEqual(['', false, '']);
    isInForeground = true;
    process.emit('SIGCONT', 'SIGCONT');
    await quiet();
    expect(prompt.question).toBe(annaAsked);
    isInForeground = false;
    process.emit('SIGCONT', 'SIGCONT');
    expect([prompt.question, input.isPaused()]).toEqual(['', true]);
  });

  it('asks no more when it is closed, or the terminal is gone', async () => {
    door.waiting = [anna];
    await quiet();
    input.destroy(new Error('EIO'));
    await vi.advanceTimersByTimeAsync(0);
    expect(prompt.question).toBe('');
    door.waiting = [bob];
    expect(prompt.question).toBe('');
  });
});
