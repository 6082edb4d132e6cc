import { defaultAgentLimits, type ListedSession } from '@sercli/protocol';
import type { AccepterReading } from '../accepters/accepter-set.ts';
import type { PortTotals } from '../ports/port-totals.ts';

/** What the metrics are made of. */
export interface AgentReading {
  readonly connections: number;
  readonly slowedHandshakes: number;
  readonly ports: readonly { readonly name: string; readonly totals: PortTotals }[];
  readonly accepters: readonly AccepterReading[];
  /** The oldest first. */
  readonly sessions: readonly ListedSession[];
}

/** name -> what it says, and where that stands. Names follow https://prometheus.io/docs/practices/naming. */
type Metrics<Source> = Readonly<Record<string, readonly [help: string, value: (source: Source) => number]>>;

const agentMetrics: Metrics<AgentReading> = {
  sercli_connections: ['Connections of clients.', ({ connections }) => connections],
  sercli_sessions: ['Sessions, those that wait for their client to come back included.', (it) => it.sessions.length],
  sercli_slowed_handshakes_total: [
    'TLS handshakes that had to wait because there were too many.',
    ({ slowedHandshakes }) => slowedHandshakes,
  ],
};

const portMetrics: Metrics<PortTotals> = {
  sercli_port_received_bytes_total: ['Bytes that came from the device.', (port) => port.receivedBytes],
  sercli_port_sent_bytes_total: ['Bytes that the driver of the device took.', (port) => port.sentBytes],
  sercli_port_gaps_total: ['Gaps in what sessions read.', (port) => port.gaps],
  sercli_port_gap_bytes_total: [
    'Bytes that sessions missed, all sessions of the port together.',
    (port) => port.gapBytes,
  ],
  sercli_port_overruns_total: ['Overruns: the device or its driver lost bytes.', (port) => port.overruns],
  sercli_port_parity_errors_total: ['Bytes with a parity error.', (port) => port.parityErrors],
  sercli_port_framing_errors_total: ['Bytes without a stop bit.', (port) => port.framingErrors],
  sercli_port_breaks_total: ['Breaks that were received.', (port) => port.breaks],
  sercli_port_device_losses_total: ['How often the device went away.', (port) => port.deviceLosses],
  sercli_port_log_bytes: ['Bytes that the log of the port keeps.', (port) => port.logBytes],
};

const accepterMetrics: Metrics<AccepterReading> = {
  sercli_accepter_clients: ['Clients of the accepter.', ({ clients }) => clients],
  sercli_accepter_refusals_total: ['Clients that the accepter has refused.', ({ refusals }) => refusals],
};

const sessionMetrics: Metrics<ListedSession> = {
  sercli_session_read_bytes_total: ['Bytes of the device that were read.', (session) => session.readBytes],
  sercli_session_written_bytes_total: ['Bytes that were written.', (session) => session.writtenBytes],
  sercli_session_gaps_total: ['Gaps in what was read.', (session) => session.gaps],
  sercli_session_gap_bytes_total: ['Bytes that are known to be missing in what was read.', (it) => it.gapBytes],
  sercli_session_reconnects_total: ['How often the client came back after a cut.', (session) => session.reconnects],
  sercli_session_lag_bytes: ['Bytes of the log that were not read yet.', (session) => session.lagBytes],
  sercli_session_window_bytes: ['Bytes that may be under way to the client.', (session) => session.windowBytes],
};

/**
 * What `GET /metrics` answers, in the text format of Prometheus. Everything is read anew each time, so that a session's
 * series end with it. Sessions of one client with one role on one port are added up.
 */
export async function formatMetrics(reading: AgentReading): Promise<string> {
  // Loaded by the first who asks: most agents are never asked.
  const { Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const fill = <Source>(
    metrics: Metrics<Source>,
    labelNames: readonly string[],
    sources: readonly (readonly [labels: Readonly<Record<string, string>>, source: Source])[],
  ): void => {
    for (const [name, [help, value]] of Object.entries(metrics)) {
      const Kind = name.endsWith('_total') ? Counter : Gauge;
      const metric = new Kind({ name, help, labelNames: [...labelNames], registers: [registry] });
      for (const [labels, source] of sources) metric.inc(labels, value(source));
    }
  };
  const { ports, sessions } = reading;
  fill(agentMetrics, [], [[{}, reading]]);
  fill(
    portMetrics,
    ['port'],
    ports.map(({ name, totals }) => [{ port: name }, totals]),
  );
  fill(
    accepterMetrics,
    ['port', 'address', 'protocol'],
    reading.accepters.map((accepter) => [accepterLabels(accepter), accepter]),
  );
  // The oldest.
  const told = sessions.slice(0, defaultAgentLimits.metricSessions);
  fill(
    sessionMetrics,
    ['port', 'client', 'role'],
    told.map((session) => [labelsOf(session), session]),
  );
  return registry.metrics();
}

function accepterLabels({ placed, addresses }: AccepterReading): Readonly<Record<string, string>> {
  return { port: placed.ports.join(' '), address: addresses.join(' '), protocol: placed.config.protocol };
}

function labelsOf({ port, client, role }: ListedSession): Readonly<Record<string, string>> {
  return { port, client: client.name, role };
}
