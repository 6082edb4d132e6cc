import type { IncomingMessage, ServerResponse } from 'node:http';
import { shownFingerprint } from '@sercli/link';
import { type AdmissionState, admissionPath, SercliError, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdmissionEvent, type AdmissionOptions, askAdmission, onceAdmitted } from './admission.ts';
import { Admissions } from './admissions.ts';
import { FakeAgent } from './testing/fake-agent.ts';

const wish = { name: 'anna@laptop', role: 'control', port: 'ttyS0' } as const;
const listed = { name: 'SerialMachine', software: 'test', open: false };
const waiting: AdmissionState = { state: 'waiting', agent: listed, waitMs: 600_000 };
const admitted: AdmissionState = { state: 'admitted' };
const turnedAway = new SercliError('not-authorized', { host: 'SerialMachine', reason: 'no', fingerprint: 'X' });

const tell = (response: ServerResponse, state: AdmissionState): void =>
  void response.write(`${JSON.stringify(state)}\n`);

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const text of request.setEncoding('utf8')) body += String(text);
  return JSON.parse(body);
}

let agent: FakeAgent;
/** What the agent was asked, and how it answers each. */
let asked: { method: string | undefined; url: string | undefined; body: unknown }[];
let told: AdmissionEvent[];
const answering = (...answers: ((response: ServerResponse) => void)[]): void => {
  agent.answer = (request, response) =>
    void bodyOf(request).then((body) => {
      asked.push({ method: request.method, url: request.url, body });
      answers.shift()?.(response);
    });
};
const options = (more: Partial<AdmissionOptions> = {}): AdmissionOptions => ({
  access: agent.access,
  waits: true,
  told: (event) => told.push(event),
  ...more,
});
beforeEach(async () => {
  agent = await FakeAgent.start();
  asked = [];
  told = [];
});
afterEach(() => agent.close());

describe('askAdmission', () => {
  it('waits until it is let in, and tells by which fingerprint', async () => {
    answering((response) => {
      tell(response, waiting);
      response.write('\n\n');
      tell(response, admitted);
    });
    await askAdmission(agent.address, wish, options());
    expect(asked).toEqual([{ method: 'POST', url: admissionPath, body: { ...wish, waits: true } }]);
    const fingerprint = shownFingerprint(await agent.access.fingerprint());
    expect(told).toEqual([{ kind: 'waiting', agentName: 'SerialMachine', fingerprint, waitMs: 600_000 }]);
  });

  it('fails with what it is refused with', async () => {
    answering((response) => {
      tell(response, waiting);
      tell(response, { state: 'refused', error: tellError(turnedAway) });
    });
    await expect(askAdmission(agent.address, wish, options())).rejects.toMatchObject({
      code: 'not-authorized',
      exit: 7,
      fields: turnedAway.fields,
    });
    answering((response) => response.writeHead(403).end(JSON.stringify({ error: tellError(turnedAway) })));
    await expect(askAdmission(agent.address, wish, options())).rejects.toMatchObject({ fields: turnedAway.fields });
  });

  it('leaves the request and fails, naming the short fingerprint, when it does not wait', async () => {
    answering((response) => {
      tell(response, waiting);
      response.end();
    });
    const shown = shownFingerprint(await agent.access.fingerprint());
    await expect(askAdmission(agent.address, wish, options({ waits: false }))).rejects.toThrow(
      new RegExp(`it has asked to be let in; on SerialMachine run: sercli authorize ${shown}$`),
    );
    expect(asked).toMatchObject([{ body: { waits: false } }]);
  });

  it('asks again when the connection is cut', async () => {
    answering(
      (response) => {
        tell(response, waiting);
        response.destroy();
      },
      (response) => tell(response, admitted),
    );
    await askAdmission(agent.address, wish, options());
    expect(asked.length).toBe(2);
  });

  it('gives up when it is asked to', async () => {
    const giveUp = new AbortController();
    answering((response) => tell(response, waiting));
    const asking = askAdmission(agent.address, wish, options({ signal: giveUp.signal, told: () => giveUp.abort() }));
    await expect(asking).rejects.toBeInstanceOf(SercliError);
    expect(asked.length).toBe(1);
  });
});

describe('Admissions', () => {
  it('makes one request for all that wait for an agent, and cuts it when nobody does any more', async () => {
    const admissions = new Admissions();
    let isCut: () => void = () => undefined;
    const cut = new Promise<void>((resolve) => {
      isCut = resolve;
    });
    const giveUp = new AbortController();
    const heard: string[] = [];
    answering((response) => {
      response.on('close', isCut);
      tell(response, waiting);
    });
    const ask = (name: string): Promise<void> =>
      admissions.ask(agent.address, wish, options({ signal: giveUp.signal, told: () => heard.push(name) }));
    const both = Promise.allSettled([ask('one'), ask('two')]);
    await until(() => heard.length === 2);
    // Who comes later is told what those before were told.
    const third = ask('three').catch((error: unknown) => error);
    expect(heard).toEqual(['one', 'two', 'three']);
    giveUp.abort();
    expect(await both).toMatchObject([{ reason: { code: 'aborted' } }, { reason: { code: 'aborted' } }]);
    expect(await third).toMatchObject({ code: 'aborted' });
    await cut;
    expect(asked.length).toBe(1);
    answering((response) => tell(response, admitted));
    await admissions.ask(agent.address, wish, options());
    expect(asked.length).toBe(2);
  });
});

describe('onceAdmitted', () => {
  it('does again what was refused, once it is let in', async () => {
    const done: string[] = [];
    const result = await onceAdmitted(
      async () => {
        done.push('attempt');
        if (done.length === 1) throw turnedAway;
        return 'port';
      },
      async () => void done.push('ask'),
    );
    expect(result).toBe('port');
    expect(done).toEqual(['attempt', 'ask', 'attempt']);
  });

  it('fails with what asking fails with, and at once with anything else', async () => {
    const attempt = (): Promise<never> => Promise.reject(turnedAway);
    const late = new SercliError('not-authorized', { ...turnedAway.fields, reason: 'nobody was there' });
    await expect(onceAdmitted(attempt, () => Promise.reject(late))).rejects.toBe(late);
    const busy = new SercliError('aborted', { what: 'it' });
    const never = (): Promise<void> => Promise.reject(new Error('it was asked'));
    await expect(onceAdmitted(() => Promise.reject(busy), never)).rejects.toBe(busy);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
