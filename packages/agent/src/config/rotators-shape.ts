import { portNamePattern } from '@sercli/protocol';
import type { PlacedAccepter } from '../accepters/accepter-config.ts';
import { parseAccepterListen } from '../accepters/accepter-place.ts';
import { accepterOptionShapes, checkedAccepter } from './accepter-shape.ts';
import { parsedText, text } from './scalar-shapes.ts';
import { described, list, mapping, oneOrSeveral, refined, type Shape, section } from './shape.ts';

const listenShape = parsedText('where to listen, as 3333 or 192.168.1.7:3333', parseAccepterListen, {
  allowsNumber: true,
  examples: [3333, '192.168.1.7:3333', ':3333'],
});

const rotatorShape: Shape<PlacedAccepter> = refined(
  mapping({
    listen: described('Where it listens, as that of an accepter.', oneOrSeveral(listenShape)),
    ports: described(
      'The ports, by their names; the search begins behind the one that was given last.',
      list(text('the name of a port', portNamePattern)),
    ),
    ...accepterOptionShapes,
  }),
  ({ listen = [], ports = [], ...said }, node) => {
    if (listen.length === 0) return void node.report('has no listen; add one, as listen: 3333');
    if (ports.length === 0) return void node.report('has no ports; name those that it is for');
    const config = checkedAccepter(listen, said, node);
    return config === undefined ? undefined : { ports: ports.map(({ value }) => value), config };
  },
  { required: ['listen', 'ports'] },
);

/** Accepters that give each client the first of several ports that is free. */
export const rotatorsShape: Shape<readonly PlacedAccepter[]> = refined(section(list(rotatorShape)), (rotators) =>
  rotators.map(({ value }) => value),
);
