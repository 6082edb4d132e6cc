import { isMainThread } from 'node:worker_threads';
import { loadNative } from './native-modules.ts';
import { TtyError } from './tty-error.ts';

/** The uv_poll_t behind node-serialport's binding (src/poller.cpp of @serialport/bindings-cpp). */
interface NativePoller {
  /** Replaces the mask of what is waited for. */
  poll(mask: number): void;
  stop(): void;
}

type NativePollerClass = new (fd: number, callback: (error: Error | null, events: number) => void) => NativePoller;

/** The one module of the package that only loads its binary: all of it takes 10 ms more, and opens ports its own way. */
export const bindingModule = '@serialport/bindings-cpp/dist/serialport-bindings.js';

interface BindingModule {
  readonly binding: { readonly Poller: NativePollerClass };
}

/** The events of uv_poll_start (docs.libuv.org, uv_poll_t). */
export const pollEvents = { readable: 1, writable: 2, priority: 8 } as const;

/** Receives the events of one descriptor. An exception here ends the process: the native side has no handler for it. */
export type PollCallback = (error: Error | null, events: number) => void;

interface Slot {
  readonly native: NativePoller;
  callback: PollCallback | undefined;
}

/**
 * One native poller for each descriptor number ever polled, kept and used again.
 *
 * Not left to the garbage collector: its destructor takes the number out of epoll, and by then the number may belong to
 * another descriptor, which would never be woken again. Descriptor numbers are used again from the lowest, so there are
 * never more of these than there were descriptors open at one time.
 */
const slots = new Map<number, Slot>();

export interface Poller {
  /** Waits for the events of `mask` (pollEvents), for nothing when it is 0. */
  wait(mask: number): void;
  /** Gives the descriptor number back; the descriptor must be closed after this, not before. */
  release(): void;
}

/**
 * @throws TtyError `ENOTSUP` in a worker thread: the native poller uses the main thread's loop, and would end the process
 * @throws TtyError `EEXIST` when the descriptor is polled already
 */
export function acquirePoller(fd: number, callback: PollCallback): Poller {
  if (!isMainThread) throw new TtyError('ENOTSUP', 'poll', 'ttys are polled in the main thread only');
  const slot = slots.get(fd) ?? makeSlot(fd);
  if (slot.callback !== undefined) throw new TtyError('EEXIST', 'poll', `descriptor ${fd} is polled already`);
  slot.callback = callback;
  return {
    wait: (mask) => (mask === 0 ? slot.native.stop() : slot.native.poll(mask)),
    release: () => {
      slot.native.stop();
      slot.callback = undefined;
    },
  };
}

function makeSlot(fd: number): Slot {
  const { binding } = loadNative(bindingModule) as BindingModule;
  const slot: Slot = {
    native: new binding.Poller(fd, (error, events) => {
      runContinuations();
      slot.callback?.(error, events);
    }),
    callback: undefined,
  };
  slots.set(fd, slot);
  return slot;
}

/**
 * Has Node run, after the poll phase of this turn of the event loop, what a callback leaves to promises and nextTick.
 *
 * The native side calls by napi_call_function where napi_make_callback is meant (Node-API documentation), so this is
 * left to the next callback that Node makes itself. Up to Node 26.3 one followed every poll phase; since then
 * (nodejs/node#62969) only an immediate is sure to.
 */
function runContinuations(): void {
  setImmediate(nothing);
}

function nothing(): void {
  // What is run is what waits behind it.
}
