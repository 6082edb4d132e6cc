import { sendUnixDatagram } from '@sercli/tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from './logger.ts';
import { ServiceNotifier } from './service-notifier.ts';

vi.mock('@sercli/tty', () => ({ sendUnixDatagram: vi.fn() }));

const sent = vi.mocked(sendUnixDatagram);
const told = (): string[] => sent.mock.calls.map(([path, bytes]) => `${path} ${Buffer.from(bytes).toString()}`);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  sent.mockReset();
});

it('tells readiness, reloading and the end', () => {
  const notifier = new ServiceNotifier(silentLogger, { NOTIFY_SOCKET: '/run/notify' });
  notifier.ready('serving\n3 ports');
  notifier.reloading();
  notifier.stopping();
  expect(told()).toEqual([
    '/run/notify READY=1\nSTATUS=serving 3 ports',
    expect.stringMatching(/^\/run\/notify RELOADING=1\nMONOTONIC_USEC=\d+$/),
    '/run/notify STOPPING=1',
  ]);
});

it('tells the watchdog twice in its time, once it is ready, however often that is', () => {
  const notifier = new ServiceNotifier(silentLogger, { NOTIFY_SOCKET: '@n', WATCHDOG_USEC: '10000000' });
  vi.advanceTimersByTime(60_000);
  notifier.ready('up');
  notifier.ready('up');
  sent.mockReset();
  vi.advanceTimersByTime(14_999);
  expect(told()).toEqual(['@n WATCHDOG=1', '@n WATCHDOG=1']);
});

it('leaves the watchdog of another process alone', () => {
  const environment = { NOTIFY_SOCKET: '@n', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' };
  new ServiceNotifier(silentLogger, environment).ready('up');
  vi.advanceTimersByTime(1000);
  expect(told()).toEqual(['@n READY=1\nSTATUS=up']);
});

it('hides the service manager from programs that are started later', () => {
  const environment = { NOTIFY_SOCKET: '@n', WATCHDOG_USEC: '1', WATCHDOG_PID: '1', PATH: '/bin' };
  new ServiceNotifier(silentLogger, environment);
  expect(environment).toEqual({ PATH: '/bin' });
});

it('does nothing without a service manager', () => {
  new ServiceNotifier(silentLogger, {}).ready('up');
  expect(told()).toEqual([]);
});

it('logs the first failure and goes on', () => {
  const warn = vi.fn();
  sent.mockImplementation(() => {
    throw new Error('ECONNREFUSED');
  });
  const notifier = new ServiceNotifier({ ...silentLogger, warn }, { NOTIFY_SOCKET: '@n' });
  notifier.ready('up');
  notifier.stopping();
  expect(warn).toHaveBeenCalledOnce();
  expect(warn).toHaveBeenCalledWith({}, 'cannot tell the service manager: ECONNREFUSED');
});
