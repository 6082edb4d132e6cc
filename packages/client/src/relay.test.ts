import { defaultLineSettings } from '@sercli/protocol';
import { describe, expect, it, vi } from 'vitest';
import { Relay, type RelayEvent, type RelayOptions } from './relay.ts';
import { FakePort, fakeLink } from './testing/relay-ends.ts';

function setUp({
  isFixed = false,
  hasControl = true,
  ...options
}: Partial<RelayOptions> & { hasControl?: boolean } = {}) {
  const port = new FakePort();
  const { link, state, received } = fakeLink();
  state.hasControl = hasControl;
  const events: RelayEvent[] = [];
  const relay = new Relay(port, link, { isFixed, ...options, told: (event) => void events.push(event) });
  relay.start();
  return { port, state, received, events, relay };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Relay', () => {
  it('moves bytes both ways and counts them', () => {
    const { port, state, received, relay } = setUp();
    received.push(Buffer.from('from the device'));
    expect(port.text).toBe('from the device');
    port.say('from the application');
    relay.moveToDevice();
    expect(state.written).toBe('from the application');
    expect(relay.movedBytes).toEqual({ toApplication: 15, toDevice: 20 });
  });

  it('takes no more than the other side does, and goes on when it is told', () => {
    const { port, state, received, relay } = setUp();
    port.roomBytes = 4;
    received.push(Buffer.from('from the device'));
    expect(port.text).toBe('from');
    port.roomBytes = 100;
    relay.moveToApplication();
    expect(port.text).toBe('from the device');

    state.roomBytes = 4;
    port.say('to the device');
    relay.moveToDevice();
    expect(state.written).toBe('to t');
    state.roomBytes = 100;
    state.listener?.writable();
    expect(state.written).toBe('to the device');
  });

  it('discards and counts what comes while no application has the port open', () => {
    const { port, received, relay } = setUp();
    port.isOpen = false;
    received.push(Buffer.from('nobody reads this'));
    expect(port.text).toBe('');
    expect(relay.unreadBytes).toBe(17);
    port.isOpen = true;
    received.push(Buffer.from('but this'));
    expect(port.text).toBe('but this');
    expect(relay.movedBytes.toApplication).toBe(8);
  });

  it('shows what the device has at the beginning, and whenever it changes', () => {
    const { port, state, events } = setUp();
    const settings = { ...defaultLineSettings, baudRate: 9600 };
    state.listener?.event({ kind: 'settings', settings });
    expect(port.shown).toEqual([defaultLineSettings, settings]);
    expect(events).toEqual([{ kind: 'settings', settings }]);
  });

  it('asks the device for what the application sets, one change at a time, and shows what came of the last', async () => {
    const { port, state, relay } = setUp();
    const wanted = [300, 600, 1200].map((baudRate) => ({ ...defaultLineSettings, baudRate }));
    for (const settings of wanted) relay.applySettings(settings);
    expect(state.configuring.map(({ change }) => change.baudRate)).toEqual([300]);
    state.configuring[0]?.answer({ ...defaultLineSettings, baudRate: 300 });
    await settled();
    expect(state.configuring.map(({ change }) => change.baudRate)).toEqual([300, 1200]);
    expect(port.shown).toEqual([defaultLineSettings]);
    state.configuring[1]?.answer({ ...defaultLineSettings, baudRate: 1199 });
    await settled();
    expect(port.shown.at(-1)?.baudRate).toBe(1199);
  });

  it('asks nothing where the application sets what is in force', () => {
    const { state, relay } = setUp();
    relay.applySettings(defaultLineSettings);
    expect(state.configuring).toEqual([]);
  });

  it('tells what the device did not take', async () => {
    const { port, state, events, relay } = setUp();
    const wanted = { ...defaultLineSettings, baudRate: 7 };
    relay.applySettings(wanted);
    state.configuring[0]?.fail(new Error('no such speed'));
    await settled();
    expect(events).toEqual([{ kind: 'settings-failed', wanted, reason: 'no such speed' }]);
    expect(port.shown.at(-1)).toEqual(defaultLineSettings);
  });

  it('tells what the device has in place of what the application set', async () => {
    const { state, events, relay } = setUp();
    const wanted = { ...defaultLineSettings, baudRate: 921_600 };
    relay.applySettings(wanted);
    state.configuring[0]?.answer(defaultLineSettings);
    await settled();
    expect(events).toEqual([{ kind: 'settings-differ', wanted, settings: defaultLineSettings }]);
    relay.applySettings({ ...defaultLineSettings, baudRate: 9600 });
    state.configuring[1]?.answer({ ...defaultLineSettings, baudRate: 9600 });
    await settled();
    expect(events).toHaveLength(1);
  });

  it('tells what the device has in place of what the link was opened with', () => {
    const asked = { baudRate: 921_600 };
    const wanted = { ...defaultLineSettings, ...asked };
    expect(setUp({ asked }).events).toEqual([{ kind: 'settings-differ', wanted, settings: defaultLineSettings }]);
    expect(setUp({ asked: { baudRate: 115_200 } }).events).toEqual([]);
    expect(setUp({ asked, hasControl: false }).events).toEqual([]);
  });

  it('leaves to the next link what the last one was asked for and did not answer', async () => {
    const { port, state, events, relay } = setUp();
    port.settings = { ...defaultLineSettings, baudRate: 9600 };
    relay.applySettings(port.settings);
    state.state = { kind: 'closed' };
    state.configuring[0]?.fail(new Error('the link was closed'));
    await settled();
    expect(port.settings.baudRate).toBe(9600);
    expect(events).toEqual([]);
  });

  it('passes on what the application set while the link was being opened', () => {
    const port = new FakePort();
    const { link, state } = fakeLink();
    port.settings = { ...defaultLineSettings, baudRate: 9600 };
    new Relay(port, link, { isFixed: false, told: () => undefined }).start(defaultLineSettings);
    expect(state.configuring.map(({ change }) => change.baudRate)).toEqual([9600]);
    expect(port.shown).toEqual([]);
  });

  it('keeps fixed settings, shows them again and says what was ignored', () => {
    const { port, state, events, relay } = setUp({ isFixed: true });
    const wanted = { ...defaultLineSettings, baudRate: 9600 };
    relay.applySettings(wanted);
    expect(state.configuring).toEqual([]);
    expect(port.shown).toEqual([defaultLineSettings, defaultLineSettings]);
    expect(events).toEqual([{ kind: 'settings-ignored', wanted }]);
  });

  it('passes flushes on', () => {
    const { state, relay } = setUp();
    relay.flush('received');
    relay.flush('both');
    expect(state.flushes).toEqual(['received', 'both']);
  });

  it('tells of a flush that failed, unless the session is over: an application that leaves flushes at last', async () => {
    const { state, relay, events } = setUp();
    state.flushFailure = new Error('the port is gone');
    relay.flush('received');
    await vi.waitFor(() => expect(events).toEqual([{ kind: 'flush-failed', reason: 'the port is gone' }]));
    relay.flush('received');
    state.state = { kind: 'closed' };
    relay.flush('both');
    await new Promise(setImmediate);
    expect(events).toHaveLength(1);
  });

  it('tells of gaps, breaks and line errors', () => {
    const { received, events } = setUp();
    received.pushGap(10);
    received.pushBreak();
    expect(events).toEqual([
      { kind: 'link-event', event: { kind: 'gap', offset: 0, bytes: 10 } },
      { kind: 'link-event', event: { kind: 'break', offset: 10 } },
    ]);
  });

  it('hands breaks and errors to the application at their place among the bytes', () => {
    const { port, received, events, relay } = setUp();
    port.roomBytes = 3;
    received.push(Buffer.from('before'));
    received.pushBreak();
    received.push(Buffer.from('between'));
    received.pushLineError('parity');
    received.pushLineError('overrun');
    received.push(Buffer.from('after'));
    expect(port.text).toBe('bef');
    port.roomBytes = 100;
    relay.moveToApplication();
    expect(port.text).toBe('before<break>between<error>after');
    expect(events).toHaveLength(3);
  });

  it('keeps everything for the first application, which may flush what it has not asked for, where it is to wait for one', () => {
    vi.useFakeTimers();
    const { port, state, received, relay } = setUp({ isPatient: true });
    port.isOpen = false;
    relay.moveToApplication();
    received.push(Buffer.from('from before, '));
    expect(relay.unreadBytes).toBe(0);
    port.isOpen = true;
    relay.moveToApplication();
    vi.advanceTimersByTime(299);
    relay.flush('received');
    relay.flush('both');
    expect(state.flushes).toEqual(['unsent']);
    vi.advanceTimersByTime(299);
    expect(port.text).toBe('');
    vi.advanceTimersByTime(1);
    expect(port.text).toBe('from before, ');
    relay.flush('received');
    expect(state.flushes).toEqual(['unsent', 'received']);
    port.isOpen = false;
    received.push(Buffer.from('unread'));
    expect(relay.unreadBytes).toBe(6);
    vi.useRealTimers();
  });

  it('hands over first what the link before had received', () => {
    const before = fakeLink();
    before.received.push(Buffer.from('old, '));
    const { port, received, relay } = setUp({ backlog: before.link });
    port.roomBytes = 3;
    received.push(Buffer.from('new'));
    expect(port.text).toBe('old');
    port.roomBytes = 100;
    relay.moveToApplication();
    expect(port.text).toBe('old, new');
  });

  it('drops what the link before had received when the application flushes', () => {
    const before = fakeLink();
    const { port, received, relay } = setUp({ backlog: before.link });
    before.received.push(Buffer.from('old'));
    relay.flush('received');
    received.push(Buffer.from('new'));
    expect(port.text).toBe('new');
  });

  it('counts and tells what the application writes and sets while another one controls the port', () => {
    const { port, state, events, relay } = setUp();
    state.hasControl = false;
    port.say('not for the device');
    relay.moveToDevice();
    const wanted = { ...defaultLineSettings, baudRate: 9600 };
    relay.applySettings(wanted);
    relay.flush('unsent');
    relay.flush('both');
    expect(state.written).toBe('');
    expect(relay.refusedBytes).toBe(18);
    expect(relay.movedBytes.toDevice).toBe(0);
    expect(state.configuring).toEqual([]);
    expect(state.flushes).toEqual(['received']);
    expect(events).toEqual([
      { kind: 'refused', bytes: 18 },
      { kind: 'settings-ignored', wanted },
    ]);
  });

  it('tells when the link is lost and there again', () => {
    const { state, events } = setUp();
    state.listener?.event({ kind: 'state', state: { kind: 'lost', reason: 'the cable was pulled' } });
    state.listener?.event({ kind: 'state', state: { kind: 'up' } });
    expect(events).toEqual([
      { kind: 'link-state', state: { kind: 'lost', reason: 'the cable was pulled' } },
      { kind: 'link-state', state: { kind: 'up' } },
    ]);
  });
});
