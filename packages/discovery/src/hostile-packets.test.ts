import { createSocket, type Socket } from 'node:dgram';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Advertiser, Browser } from './discovery.ts';
import { mdnsDiscovery } from './mdns-discovery.ts';
import { FoundLog } from './testing/found-log.ts';

const agentId = 'f00dfeed';
const failures: string[] = [];
const options = { interfaces: 'loopback', failed: (error: Error) => void failures.push(error.message) } as const;
const log = new FoundLog(agentId);
let socket: Socket;
let advertiser: Advertiser;
let browser: Browser;

beforeEach(async () => {
  socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  socket.setMulticastInterface('127.0.0.1');
  browser = mdnsDiscovery().browse({ ...options, ...log.callbacks });
  const advertisement = { name: `test-${agentId}`, agentId, tcpPort: 7372, wire: 1, software: 'test/1' };
  advertiser = await mdnsDiscovery().advertise(advertisement, options);
  await log.until(({ events }) => events.length > 0);
});
afterEach(async () => {
  await Promise.all([advertiser.close(), browser.close()]);
  socket.close();
});

async function send(packet: Uint8Array): Promise<void> {
  await new Promise<unknown>((resolve) => {
    socket.send(packet, 5353, '224.0.0.251', resolve);
  });
}

/** A DNS message with a header that is right for one question or one answer, and anything behind it. */
const messages = fc
  .tuple(fc.boolean(), fc.constantFrom(...names()), fc.constantFrom(1, 12, 16, 28, 33, 41, 255), fc.uint8Array())
  .map(([isResponse, name, type, rest]) => {
    const header = isResponse ? [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0] : [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const record = [0, type, 0, 1, ...(isResponse ? [0, 0, 0, 120, 0, rest.length] : []), ...rest];
    return Uint8Array.from([...header, ...name, ...record]);
  });

function names(): number[][] {
  const service = [...label('_sercli'), ...label('_tcp'), ...label('local'), 0];
  return [service, [...label('\u001b[31m'), ...service], [...label('x'.repeat(63)), ...service], [0], [0xc0, 0x0c]];
}

function label(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [bytes.length, ...bytes];
}

it('nothing that can be sent to it harms an agent or a browser, or is told as a failure', async () => {
  const packets = fc.sample(fc.oneof(messages, fc.uint8Array({ maxLength: 200 })), { numRuns: 1000, seed: 1 });
  for (const packet of packets) await send(packet);
  const late = new FoundLog(agentId);
  const other = mdnsDiscovery().browse({ ...options, ...late.callbacks });
  await late.until(({ events }) => events.length > 0);
  await other.close();
  expect(log.texts).toEqual([`found test-${agentId}`]);
  expect(failures).toEqual([]);
});
