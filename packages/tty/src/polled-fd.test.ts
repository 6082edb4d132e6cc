import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isHungUp } from './hang-up.ts';
import { openPty } from './open-tty.ts';
import { PolledFd, type PolledFdHandlers } from './polled-fd.ts';
import { closeFd } from './system-calls.ts';
import { openRawPty } from './testing/raw-pty.ts';
import { TtyError } from './tty-error.ts';

const nothing: PolledFdHandlers = {
  readable: () => undefined,
  writable: () => undefined,
  failed: (error) => {
    throw error;
  },
};

let near: PolledFd;
let far: PolledFd;
let nearHandlers: PolledFdHandlers;
let farHandlers: PolledFdHandlers;

beforeEach(() => {
  const { ptmx, pts } = openRawPty();
  nearHandlers = { ...nothing };
  farHandlers = { ...nothing };
  near = new PolledFd(ptmx, nearHandlers);
  far = new PolledFd(pts, farHandlers);
});

afterEach(() => {
  near.close();
  far.close();
});

/** Resolves at the next call of the handler, which then takes no further part. */
function next(polled: PolledFd, handlers: PolledFdHandlers, name: 'readable' | 'writable'): Promise<void> {
  return new Promise((resolve) => {
    handlers[name] = () => {
      polled.setInterest({ readable: false, writable: false });
      resolve();
    };
    polled.setInterest({ readable: name === 'readable', writable: name === 'writable' });
  });
}

/** Processor time of this process over a while, as a share of one processor. */
async function load(measuredMs: number): Promise<number> {
  const before = process.cpuUsage();
  await pass(measuredMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / measuredMs;
}

describe('reading and writing', () => {
  it('moves 32 MB each way at once, unchanged', async () => {
    const bytes = randomBytes(1 << 20);
    const total = 32 << 20;
    const carry = (polled: PolledFd, handlers: PolledFdHandlers): Promise<string> =>
      new Promise((resolve) => {
        const hash = createHash('sha256');
        const into = new Uint8Array(65536);
        let sent = 0;
        let got = 0;
        handlers.readable = () => {
          const length = polled.read(into);
          hash.update(into.subarray(0, length));
          got += length;
          if (got === total) resolve(hash.digest('hex'));
        };
        handlers.writable = () => {
          const at = sent % bytes.length;
          sent += polled.write(bytes.subarray(at, Math.min(bytes.length, at + total - sent)));
          polled.setInterest({ readable: true, writable: sent < total });
        };
        polled.setInterest({ readable: true, writable: true });
      });
    const expected = createHash('sha256');
    for (let at = 0; at < total; at += bytes.length) expected.update(bytes);
    const digest = expected.digest('hex');
    expect(await Promise.all([carry(near, nearHandlers), carry(far, farHandlers)])).toEqual([digest, digest]);
  }, 30_000);

  it('says 0 when the call would block', () => {
    expect(near.read(new Uint8Array(10))).toBe(0);
    let taken = 1;
    while (taken > 0) taken = near.write(new Uint8Array(4096));
    expect(taken).toBe(0);
  });

  it('throws EIO after a hang-up', async () => {
    far.write(Buffer.from('end'));
    far.close();
    expect(isHungUp(near.fd)).toBe(true);
    await next(near, nearHandlers, 'readable');
    const into = new Uint8Array(10);
    expect(near.read(into)).toBe(3);
    expect(() => near.read(into)).toThrow(expect.objectContaining({ code: 'EIO', syscall: 'read' }));
  });

  it('tells of a device that is gone', async () => {
    near.close();
    const error = await new Promise<Error>((resolve) => {
      farHandlers.failed = resolve;
      far.setInterest({ readable: true, writable: false });
    });
    expect(error).toMatchObject({ code: 'EIO', syscall: 'poll' });
    expect(() => far.read(new Uint8Array(10))).toThrow(expect.objectContaining({ code: 'EOF' }));
  });
});

describe('interest', () => {
  it('calls again while the condition holds', async () => {
    far.write(Buffer.from('abc'));
    const into = new Uint8Array(1);
    const read: string[] = [];
    await new Promise<void>((resolve) => {
      nearHandlers.readable = () => {
        near.read(into);
        read.push(Buffer.from(into).toString());
        if (read.length === 3) resolve();
      };
      near.setInterest({ readable: true, writable: false });
    });
    expect(read.join('')).toBe('abc');
  });

  it('runs what a handler leaves to promises before it calls again', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      nearHandlers.writable = () => {
        if (order.push('handler') === 3) resolve();
        else void Promise.resolve().then(() => order.push('promise'));
      };
      near.setInterest({ readable: false, writable: true });
    });
    expect(order).toEqual(['handler', 'promise', 'handler']);
  });

  it('calls a busy one after all others of a turn, and after what they left to promises', async () => {
    const { ptmx, pts } = openRawPty();
    const otherHandlers = { ...nothing };
    const other = new PolledFd(ptmx, otherHandlers);
    const otherFar = new PolledFd(pts, nothing);
    otherFar.write(Buffer.from('x'));
    await next(other, otherHandlers, 'readable');
    far.write(new Uint8Array(4_000));
    await next(near, nearHandlers, 'readable');
    expect(near.read(new Uint8Array(2_048))).toBe(2_048);
    const order: string[] = [];
    otherHandlers.readable = () => {
      order.push('other');
      void Promise.resolve().then(() => order.push('its promise'));
      other.setInterest({ readable: false, writable: false });
    };
    const busy = next(near, nearHandlers, 'readable').then(() => order.push('busy'));
    other.setInterest({ readable: true, writable: false });
    await busy;
    expect(order).toEqual(['other', 'its promise', 'busy']);
    other.close();
    otherFar.close();
  });

  it.each(['closed', 'watched no more'])(
    'calls a busy one no more that is %s while it waits for the others',
    async (how) => {
      far.write(new Uint8Array(4_000));
      await next(near, nearHandlers, 'readable');
      expect(near.read(new Uint8Array(2_048))).toBe(2_048);
      nearHandlers.readable = () => expect.unreachable();
      near.setInterest({ readable: true, writable: false });
      // The events of this turn are told before it, and what the busy one is told comes after it.
      await new Promise<void>((resolve) => {
        farHandlers.writable = () => {
          far.setInterest({ readable: false, writable: false });
          void Promise.resolve().then(() => {
            if (how === 'closed') near.close();
            else near.setInterest({ readable: false, writable: false });
            resolve();
          });
        };
        far.setInterest({ readable: false, writable: true });
      });
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  );

  it('can be switched from one to the other and off, inside a handler and outside', async () => {
    await next(near, nearHandlers, 'writable');
    far.write(Buffer.from('x'));
    await next(near, nearHandlers, 'readable');
    nearHandlers.readable = nearHandlers.writable = () => expect.unreachable();
    await next(far, farHandlers, 'writable'); // a turn of the event loop in which near must stay silent
  });

  it('lets a handler close, and the descriptor number be used anew', async () => {
    far.write(Buffer.from('x'));
    await new Promise<void>((resolve) => {
      nearHandlers.readable = () => {
        near.close();
        near.close();
        resolve();
      };
      near.setInterest({ readable: true, writable: true });
    });
    const again = openRawPty();
    const reader = { ...nothing };
    const polled = new PolledFd(again.ptmx, reader);
    const isReadable = next(polled, reader, 'readable');
    closeFd(again.pts);
    await isReadable;
    polled.close();
  });

  it('refuses a second PolledFd of one descriptor', () => {
    expect(() => new PolledFd(near.fd, nothing)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  it('gives a TtyError that a handler lets through to failed, and watches nothing any more', async () => {
    far.close();
    const error = await new Promise<Error>((resolve) => {
      nearHandlers.failed = resolve;
      nearHandlers.readable = () => {
        near.read(new Uint8Array(1));
      };
      near.setInterest({ readable: true, writable: false });
    });
    expect(error).toBeInstanceOf(TtyError);
    expect(error).toMatchObject({ code: 'EIO' });
  });
});

describe('what it costs', () => {
  it('is no processor time while idle, nor after a hang-up was read', async () => {
    near.setInterest({ readable: true, writable: false });
    expect(await load(500)).toBeLessThan(0.05);
    nearHandlers.failed = () => undefined;
    nearHandlers.readable = () => {
      near.read(new Uint8Array(10));
    };
    far.close();
    expect(await load(500)).toBeLessThan(0.05);
  });

  it('is no descriptor once closed', async () => {
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 300; round++) {
      const { ptmx } = openPty();
      const handlers = { ...nothing };
      const polled = new PolledFd(ptmx, handlers);
      await next(polled, handlers, 'writable');
      polled.close();
    }
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});
