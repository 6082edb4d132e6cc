import type { ServerResponse } from 'node:http';
import { SercliError, type SessionList, sessionListPath, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSessions } from './session-directory.ts';
import { FakeAgent } from './testing/fake-agent.ts';

const list: SessionList = {
  version: 1,
  agent: { name: 'SerialMachine', software: 'test', open: false },
  sessions: [],
};

describe('listSessions', () => {
  let agent: FakeAgent;
  const asked = (answer: (response: ServerResponse) => void): Promise<SessionList> => {
    agent.answer = (request, response) => {
      if (request.url === sessionListPath) answer(response);
      else response.writeHead(404).end();
    };
    return listSessions(agent.address, { access: agent.access });
  };
  beforeEach(async () => {
    agent = await FakeAgent.start();
  });
  afterEach(() => agent.close());

  it('reads what the agent answers', async () => {
    expect(await asked((response) => response.end(`${JSON.stringify(list)}\n`))).toEqual(list);
  });

  it('refuses what is no session list', async () => {
    const asking = asked((response) => response.end('{"version": 1}'));
    await expect(asking).rejects.toMatchObject({ code: 'not-an-agent', exit: 3 });
  });

  it('says why the agent refuses', async () => {
    const error = tellError(new SercliError('host-name-refused', { name: 'serial.example.org' }));
    const asking = asked((response) => response.writeHead(421).end(JSON.stringify({ error })));
    await expect(asking).rejects.toMatchObject({ code: 'host-name-refused', exit: 4 });
  });

  it('refuses an answer without an end', async () => {
    const asking = asked((response) => {
      const line = `${' '.repeat(65_535)}\n`;
      const go = (): void => {
        while (!response.destroyed && response.write(line));
      };
      response.on('drain', go);
      go();
    });
    await expect(asking).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('longer than 8388608 characters'),
    });
  });
});
