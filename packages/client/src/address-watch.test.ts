import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchLocalAddress } from './address-watch.ts';

describe('watchLocalAddress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells once when the address is gone', () => {
    const addresses = new Set(['10.0.0.2']);
    const gone = vi.fn();
    watchLocalAddress('10.0.0.2', gone, (address) => addresses.has(address));
    vi.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
    addresses.clear();
    vi.advanceTimersByTime(60_000);
    expect(gone).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for an address that cannot be seen yet', () => {
    const addresses = new Set<string>();
    const gone = vi.fn();
    watchLocalAddress('10.0.0.2', gone, (address) => addresses.has(address));
    vi.advanceTimersByTime(5_000);
    addresses.add('10.0.0.2');
    vi.advanceTimersByTime(5_000);
    expect(gone).not.toHaveBeenCalled();
    addresses.clear();
    vi.advanceTimersByTime(1_000);
    expect(gone).toHaveBeenCalledOnce();
  });

  it('misses no address that it has never seen', () => {
    const gone = vi.fn();
    watchLocalAddress('203.0.113.9', gone);
    vi.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
  });

  it.each(['127.0.0.1', '::ffff:127.0.0.1'])('finds %s among those of this machine', (address) => {
    const stop = watchLocalAddress(address, () => undefined);
    expect(vi.getTimerCount()).toBe(1);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
