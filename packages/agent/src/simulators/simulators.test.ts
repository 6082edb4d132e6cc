import { serialLinkSuite } from '@sercli/testkit';
import { openSimulator } from './simulators.ts';

/** Fast, so that a megabyte does not take a minute and a half. */
const settings = { baudRate: 100_000_000 };

serialLinkSuite(
  'the echo simulator',
  () => ({
    link: openSimulator('echo', settings),
    farEnd: { kind: 'echo' },
    hasLines: true,
    cleanup: () => undefined,
  }),
  { isWire: false, canHangUp: false },
);
