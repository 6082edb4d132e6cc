import { readFileSync } from 'node:fs';
import type { ListedSession } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepterOf } from '../accepters/accepter-config.ts';
import type { AccepterReading } from '../accepters/accepter-set.ts';
import type { PortTotals } from '../ports/port-totals.ts';
import { type AgentReading, formatMetrics } from './metrics.ts';

const totals: PortTotals = {
  receivedBytes: 1000,
  sentBytes: 20,
  gaps: 1,
  gapBytes: 3,
  breaks: 4,
  overruns: 5,
  parityErrors: 6,
  framingErrors: 7,
  deviceLosses: 8,
  logBytes: 900,
};
const session: ListedSession = {
  port: 'ttyS0',
  client: { name: 'anna@laptop', address: '192.168.1.7:51234' },
  software: 'sercli/0.1.0',
  role: 'monitor',
  since: '2026-11-22T10:04:00.000Z',
  reconnects: 2,
  readBytes: 812,
  writtenBytes: 0,
  lagBytes: 88,
  gapBytes: 100,
  gaps: 1,
  windowBytes: 262_144,
};
const accepter: AccepterReading = {
  placed: { ports: ['ttyS0'], config: accepterOf({ host: '127.0.0.1', tcpPort: 3333 }, { protocol: 'raw' }) },
  addresses: ['127.0.0.1:3333'],
  places: [{ host: '127.0.0.1', tcpPort: 3333 }],
  clients: 1,
  refusals: 9,
};
const reading: AgentReading = {
  connections: 1,
  slowedHandshakes: 2,
  ports: [{ name: 'ttyS0', totals }],
  accepters: [accepter],
  sessions: [session],
};

const samplesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** Reads a sample as the text format defines it: backslash, quote and line feed in a label's value are escaped. */
function readSample(line: string): { name: string; labels: Record<string, string>; value: number } {
  const sample = /^(\w+)(?:\{((?:\w+="(?:\\[\\"n]|[^\\"\n])*",?)*)\})? (\S+)$/s.exec(line);
  if (sample === null) throw new Error(`no sample: ${line}`);
  const labels = [...(sample[2] ?? '').matchAll(/(\w+)="((?:\\.|[^\\"])*)"/gs)].map(([, name = '', escaped = '']) => [
    name,
    escaped.replace(/\\(.)/gs, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
  ]);
  return { name: sample[1] ?? '', labels: Object.fromEntries(labels), value: Number(sample[3]) };
}

describe('metrics', () => {
  it('tell the agent, its ports and its sessions', async () => {
    expect(samplesOf(await formatMetrics(reading))).toEqual([
      'sercli_connections 1',
      'sercli_sessions 1',
      'sercli_slowed_handshakes_total 2',
      'sercli_port_received_bytes_total{port="ttyS0"} 1000',
      'sercli_port_sent_bytes_total{port="ttyS0"} 20',
      'sercli_port_gaps_total{port="ttyS0"} 1',
      'sercli_port_gap_bytes_total{port="ttyS0"} 3',
      'sercli_port_overruns_total{port="ttyS0"} 5',
      'sercli_port_parity_errors_total{port="ttyS0"} 6',
      'sercli_port_framing_errors_total{port="ttyS0"} 7',
      'sercli_port_breaks_total{port="ttyS0"} 4',
      'sercli_port_device_losses_total{port="ttyS0"} 8',
      'sercli_port_log_bytes{port="ttyS0"} 900',
      'sercli_accepter_clients{port="ttyS0",address="127.0.0.1:3333",protocol="raw"} 1',
      'sercli_accepter_refusals_total{port="ttyS0",address="127.0.0.1:3333",protocol="raw"} 9',
      'sercli_session_read_bytes_total{port="ttyS0",client="anna@laptop",role="monitor"} 812',
      'sercli_session_written_bytes_total{port="ttyS0",client="anna@laptop",role="monitor"} 0',
      'sercli_session_gaps_total{port="ttyS0",client="anna@laptop",role="monitor"} 1',
      'sercli_session_gap_bytes_total{port="ttyS0",client="anna@laptop",role="monitor"} 100',
      'sercli_session_reconnects_total{port="ttyS0",client="anna@laptop",role="monitor"} 2',
      'sercli_session_lag_bytes{port="ttyS0",client="anna@laptop",role="monitor"} 88',
      'sercli_session_window_bytes{port="ttyS0",client="anna@laptop",role="monitor"} 262144',
    ]);
  });

  it('say what each is, counters being those whose names end with total', async () => {
    const lines = (await formatMetrics(reading)).split('\n');
    const types = lines.flatMap((line) => /^# TYPE (\S+) (\S+)$/.exec(line)?.slice(1) ?? []);
    expect(types).toHaveLength(2 * 22);
    for (let at = 0; at < types.length; at += 2) {
      expect(types[at + 1]).toBe(types[at]?.endsWith('_total') ? 'counter' : 'gauge');
    }
    expect(lines).toContain('# HELP sercli_port_log_bytes Bytes that the log of the port keeps.');
  });

  it('are all documented', async () => {
    const page = readFileSync(new URL('../../../../apps/docs/reference/monitoring.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `(sercli_\w+)`/gm)].map(([, name]) => name);
    expect(documented).toEqual(samplesOf(await formatMetrics(reading)).map((line) => readSample(line).name));
  });

  it('of an agent without ports and sessions have no series for them', async () => {
    const text = await formatMetrics({ connections: 0, slowedHandshakes: 0, ports: [], accepters: [], sessions: [] });
    expect(samplesOf(text)).toEqual(['sercli_connections 0', 'sercli_sessions 0', 'sercli_slowed_handshakes_total 0']);
  });

  it('add up the sessions of one client with one role on one port', async () => {
    const samples = samplesOf(await formatMetrics({ ...reading, sessions: [session, session] }));
    expect(samples).toContain('sercli_session_lag_bytes{port="ttyS0",client="anna@laptop",role="monitor"} 176');
  });

  it('keep what clients call themselves within its quotes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 64 }), async (name) => {
        const sessions = [{ ...session, client: { ...session.client, name } }];
        const text = await formatMetrics({ ...reading, ports: [], accepters: [], sessions });
        const samples = samplesOf(text).map(readSample);
        expect(samples).toHaveLength(10);
        for (const { labels } of samples.slice(3)) {
          expect(labels).toEqual({ port: 'ttyS0', client: name, role: 'monitor' });
        }
      }),
      { examples: [['" 1\nsercli_sessions 99\n#'], ['\\'], ['\\"'], ['a,port:b']] },
    );
  });

  it('have series for the 256 oldest sessions, and count them all', async () => {
    const sessions = Array.from({ length: 300 }, (_, index) => ({
      ...session,
      client: { ...session.client, name: `client ${index}` },
    }));
    const samples = samplesOf(await formatMetrics({ ...reading, sessions })).map(readSample);
    const clients = new Set(samples.flatMap(({ labels }) => labels.client ?? []));
    expect([clients.size, clients.has('client 255'), clients.has('client 256')]).toEqual([256, true, false]);
    expect(samples).toContainEqual({ name: 'sercli_sessions', labels: {}, value: 300 });
  });
});
