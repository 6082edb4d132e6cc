import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from '@sercli/link';
import {
  defaultAgentLimits,
  type OperationName,
  operationTable,
  type PortList,
  parseAuthorization,
  type Reloaded,
  type SessionList,
} from '@sercli/protocol';
import type { Access } from '../access/access.ts';
import type { ClientRegister } from '../access/client-register.ts';
import { answer, answerError, answerJson, readBody, refuse } from './json-answers.ts';
import { tellPorts } from './port-watch.ts';

/** Which ports an answer is about: those that who asked may use. */
export type PortFilter = (port: string) => boolean;

/** What an agent can be asked of its ports, once it is clear that who asks may. */
export interface HttpApi {
  portList(sees: PortFilter): Promise<PortList>;
  /** Calls `changed` with the list whenever it is another one, until what is returned is called. */
  watchPorts(changed: (list: PortList) => void, sees: PortFilter): () => void;
  sessionList(sees: PortFilter): SessionList;
  /** In the text format of Prometheus. */
  metrics(sees: PortFilter): Promise<string>;
  /** Reads the configuration again. */
  reload(): Promise<Reloaded>;
}

/** Who may use an agent, and who decides that. */
export interface HttpAccess {
  readonly rights: Access;
  readonly register: ClientRegister;
  admit(request: IncomingMessage, response: ServerResponse, peer: Peer): Promise<void>;
}

/** What answers. */
export interface HttpService {
  readonly api: HttpApi;
  readonly access: HttpAccess;
}

interface Asked extends HttpService {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly peer: Peer;
  readonly sees: PortFilter;
  /** The full one at the end of the path, where the operation has one there. */
  readonly fingerprint: string;
}

type Answer = (asked: Asked) => void | Promise<void>;

const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
const textType = 'text/plain; charset=utf-8';

/** How each operation is answered. Those that are missing belong to the native protocol. */
const answers: Readonly<Partial<Record<OperationName, Answer>>> = {
  // Asked by what starts agents again that do not answer; says nothing else, for everybody may ask.
  health: ({ response }) => answer(response, textType, 'ok\n'),
  admission: ({ access, request, response, peer }) => access.admit(request, response, peer),
  'list-ports': async ({ api, response, sees }) => answerJson(response, await api.portList(sees)),
  'watch-ports': ({ api, access, response, peer, sees }) => {
    const refusal = () => access.rights.refusal(peer, 'watch-ports');
    tellPorts(
      {
        portList: () => api.portList(sees),
        watchPorts: (changed) => api.watchPorts(changed, sees),
        watchRights: (changed) => access.rights.listen(() => changed(refusal())),
      },
      response,
    );
  },
  'list-sessions': ({ api, response, sees }) => answerJson(response, api.sessionList(sees)),
  metrics: async ({ api, response, sees }) => answer(response, metricsType, await api.metrics(sees)),
  'list-clients': ({ access, response }) => answerJson(response, access.register.list()),
  'authorize-client': async ({ access, request, response, fingerprint }) => {
    const authorization = await readBody(request, parseAuthorization, defaultAgentLimits.requestBodyBytes);
    answerJson(response, await access.register.authorize(fingerprint, authorization));
  },
  'remove-client': async ({ access, response, fingerprint }) => {
    answerJson(response, await access.register.remove(fingerprint));
  },
  'turn-away': ({ access, response, fingerprint }) => answerJson(response, access.register.turnAway(fingerprint)),
  reload: async ({ api, response }) => answerJson(response, await api.reload()),
};

/** A fingerprint in a path. */
const fingerprintPattern = '([A-Z2-7]{51}[AQ])';

const routes = Object.entries(operationTable).flatMap(([name, operation]) => {
  const reply = answers[name as OperationName];
  if (!('http' in operation) || reply === undefined) return [];
  const [method = '', path = ''] = operation.http.split(' ');
  const pattern = new RegExp(`^${path.replace('FINGERPRINT', fingerprintPattern)}$`);
  return [{ name: name as OperationName, method, pattern, reply }];
});

/** Answers one of `operationTable`, if who asks may. Errors are JSON: `{"error": {"code", "message", "fields"}}`. */
export function answerHttp(
  { api, access }: HttpService,
  request: IncomingMessage,
  response: ServerResponse,
  peer: Peer,
): void {
  const path = request.url?.split('?')[0] ?? '';
  const found = routes.filter(({ pattern }) => pattern.test(path));
  // RFC 9110 section 9.3.2: HEAD is GET without the body, which node:http leaves out by itself.
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = found.find((candidate) => candidate.method === method);
  const refusal = route && access.rights.refusal(peer, route.name);
  // Who is not let in could hold a connection for ever with one question after the other.
  if (access.rights.refusal(peer, 'connect') !== undefined) response.setHeader('Connection', 'close');
  if (route === undefined || refusal !== undefined) {
    request.resume();
    if (refusal !== undefined) return answerError(response, refusal);
    if (found.length === 0) return refuse(response, 404, { code: 'not-found', message: `no ${path} here` });
    response.setHeader('Allow', found.map((candidate) => candidate.method).join(', '));
    return refuse(response, 405, { code: 'method', message: `${path} cannot be asked with ${request.method}` });
  }
  const fingerprint = route.pattern.exec(path)?.[1] ?? '';
  const sees: PortFilter = (port) => access.rights.sees(peer, port);
  void reply(route.reply, { api, access, request, response, peer, sees, fingerprint });
}

async function reply(give: Answer, asked: Asked): Promise<void> {
  try {
    await give(asked);
  } catch (error) {
    if (asked.response.headersSent) asked.response.destroy();
    else answerError(asked.response, error);
  }
  // What came with the request and nobody wanted.
  asked.request.resume();
}
