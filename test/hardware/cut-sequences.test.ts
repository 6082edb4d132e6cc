import { type ModemOutputs, noModemLines, SercliError } from '@sercli/protocol';
import type { ChildProgram } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { patienceMs } from '../testbed/guest-program.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';

const config = `
name: SerialMachine
ports:
  kept: { device: /dev/ttyS4, keepOpen: true }
  steady: { device: /dev/ttyS1, hupcl: false }
`;
const sequence = 'dtr=off,rts=on 10ms dtr=on,rts=off 60s dtr=off';

requiresGuest('a sequence that is cut short leaves the outputs as they were before it', () => {
  let host: SerialHost;
  beforeAll(async () => {
    host = await SerialHost.start(config);
  });
  afterAll(() => host?.close());

  const outputsNow = (): ModemOutputs => {
    const { dtr, rts } = host.guest.trace.outputsSince(0).at(-1) ?? noModemLines;
    return { dtr, rts };
  };
  const outputsAre = (wanted: ModemOutputs): Promise<void> =>
    vi.waitFor(() => expect(outputsNow()).toEqual(wanted), { timeout: patienceMs });

  /** Runs the sequence until it waits in the middle, from both outputs on. */
  const begin = async (): Promise<ChildProgram> => {
    const address = 'SerialMachine/kept';
    const before = await host.sercli('lines', address, '--dtr', 'on', '--rts', 'on');
    await before.expectExit(0, patienceMs);
    const program = await host.sercli('reset', address, '--as', sequence);
    await outputsAre({ dtr: true, rts: false });
    return program;
  };

  it('by Ctrl-C', async () => {
    const program = await begin();
    await program.end('SIGINT');
    await outputsAre({ dtr: true, rts: true });
  });

  it('by another session that takes control', async () => {
    const program = await begin();
    const { link } = await host.open('kept', { takes: true });
    await outputsAre({ dtr: true, rts: true });
    await program.expectExit(5, patienceMs);
    await link.close();
  });

  // Last of all.
  it('by the end of the agent', async () => {
    const { link } = await host.open('steady');
    await link.runSequence([{ dtr: false, rts: true }]);
    expect(outputsNow()).toEqual({ dtr: false, rts: true });
    const mark = host.guest.trace.mark();
    const refused = link
      .runSequence([{ dtr: true, rts: false, waitMs: 60_000 }, { dtr: false }])
      .catch(() => undefined);
    await outputsAre({ dtr: true, rts: false });
    await host.agent.end('TERM');
    // Those of the other port fall now, and the trace does not tell them apart.
    const outputs = host.guest.trace.outputsSince(mark).map(({ dtr, rts }) => ({ dtr, rts }));
    expect(outputs).toContainEqual({ dtr: false, rts: true });
    link.abort(new SercliError('aborted', { what: 'the test' }));
    await refused;
  });
});
