import { request } from 'node:https';
import { dialError, dialTimeoutMs, tlsOptions } from '@sercli/link';
import { type AgentAddress, type PortList, parsePortList, portListPath, reasonOf, SercliError } from '@sercli/protocol';

/** Bytes of a port list at most; an agent with 4,000 ports has 1.2 MB to say. */
const maxListBytes = 8 * 1024 * 1024;

/**
 * Asks an agent for its ports.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `aborted`
 */
export async function listPorts(
  address: AgentAddress,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<PortList> {
  const body = await get(address, options.signal);
  try {
    return parsePortList(body);
  } catch (cause) {
    const { host, tcpPort } = address;
    throw new SercliError(
      'not-an-agent',
      { host, tcpPort, reason: `its port list is unreadable: ${reasonOf(cause)}` },
      { cause },
    );
  }
}

function get(address: AgentAddress, signal: AbortSignal | undefined): Promise<string> {
  const { host, tcpPort } = address;
  return new Promise((resolve, reject) => {
    const refuse = (reason: string): void => reject(new SercliError('not-an-agent', { host, tcpPort, reason }));
    const asking = request({
      ...tlsOptions,
      host,
      port: tcpPort,
      path: portListPath,
      timeout: dialTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    asking.on('response', (response) => {
      if (response.statusCode !== 200) {
        asking.destroy();
        return refuse(`it answers HTTP ${response.statusCode}`);
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxListBytes) asking.destroy(new Error(`its port list is longer than ${maxListBytes} bytes`));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', (error) => reject(dialError(address, error)));
    });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${dialTimeoutMs / 1000} s`)));
    asking.on('error', (error) => reject(dialError(address, error)));
    asking.end();
  });
}
