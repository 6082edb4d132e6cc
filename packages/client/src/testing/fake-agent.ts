import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullFingerprintOf, type Identity, loadIdentity } from '@sercli/link';
import type { AgentAddress } from '@sercli/protocol';
import { type AccessEvent, ClientAccess } from '../access/client-access.ts';

/** What answers over TLS as an agent does, and a client with an identity of its own that knows nobody. */
export class FakeAgent {
  readonly folder: string;
  readonly access: ClientAccess;
  /** What `access` has told. */
  readonly told: AccessEvent[] = [];
  /** How requests are answered. */
  answer: RequestListener = (_request, response) => void response.writeHead(404).end();
  readonly #server: Server;
  readonly #cert: string;

  private constructor(folder: string, { key, cert }: Identity) {
    this.folder = folder;
    this.#cert = cert;
    this.access = new ClientAccess({ directory: join(folder, 'client'), told: (event) => this.told.push(event) });
    const options = { key, cert, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false } as const;
    this.#server = createServer(options, (request, response) => this.answer(request, response));
  }

  static async start(): Promise<FakeAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'sercli-fake-agent-'));
    const agent = new FakeAgent(folder, await loadIdentity(join(folder, 'agent')));
    await new Promise<void>((resolve) => agent.#server.listen(0, '127.0.0.1', resolve));
    return agent;
  }

  get address(): AgentAddress {
    const { port } = this.#server.address() as AddressInfo;
    return { host: '127.0.0.1', tcpPort: port, carrier: 'stream' };
  }

  /** The full one. */
  get fingerprint(): string {
    return fullFingerprintOf(this.#cert);
  }

  cutConnections(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.cutConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.folder, { recursive: true });
  }
}
