import { VirtualClock } from '@sercli/testkit';
import { describe, expect, it } from 'vitest';
import { LogMemory, segmentBytes } from './log-memory.ts';
import { PortLog } from './port-log.ts';

const clock = new VirtualClock();
const block = new Uint8Array(segmentBytes);

function fill(log: PortLog, segments: number): void {
  for (let count = 0; count < segments; count += 1) log.append(block);
}

describe('LogMemory', () => {
  it('takes from the largest log what another one needs', () => {
    const memory = new LogMemory(10 * segmentBytes);
    const large = new PortLog({ capacityBytes: 100 * segmentBytes, memory, clock });
    const small = new PortLog({ capacityBytes: 100 * segmentBytes, memory, clock });
    fill(large, 8);
    fill(small, 2);
    expect([large.startOffset, small.startOffset]).toEqual([0, 0]);
    fill(small, 2);
    expect([large.segments, small.segments]).toEqual([6, 4]);
    expect(large.startOffset).toBe(2 * segmentBytes);
    expect(small.startOffset).toBe(0);
    fill(small, 100);
    expect([large.segments, small.segments]).toEqual([4, 6]);
    expect(memory.usedBytes).toBe(10 * segmentBytes);
  });

  it('takes effect with the next segment when it is made smaller', () => {
    const memory = new LogMemory(10 * segmentBytes);
    const log = new PortLog({ capacityBytes: 100 * segmentBytes, memory, clock });
    fill(log, 10);
    memory.capacityBytes = 3 * segmentBytes;
    fill(log, 1);
    expect(log.segments).toBe(3);
    expect(log.endOffset - log.startOffset).toBe(3 * segmentBytes);
  });

  it('lets a log have one segment even when it is too small', () => {
    const memory = new LogMemory(1000);
    const log = new PortLog({ capacityBytes: 100 * segmentBytes, memory, clock });
    fill(log, 3);
    log.append(block.subarray(0, 100));
    expect(log.endOffset - log.startOffset).toBe(100);
    expect(log.segments).toBe(1);
  });

  it('takes a segment that is not full yet, if there is no other', () => {
    const memory = new LogMemory(segmentBytes);
    const one = new PortLog({ capacityBytes: 100 * segmentBytes, memory, clock });
    const other = new PortLog({ capacityBytes: 100 * segmentBytes, memory, clock });
    one.append(block.subarray(0, 100));
    other.append(block.subarray(0, 100));
    expect([one.segments, other.segments]).toEqual([0, 1]);
    expect([one.startOffset, one.endOffset]).toEqual([100, 100]);
    one.append(block.subarray(0, 7));
    expect([one.startOffset, one.endOffset]).toEqual([100, 107]);
    expect(one.view(100, 100)).toHaveLength(7);
  });

  it('uses the memory again that a full log gives back', () => {
    const memory = new LogMemory(100 * segmentBytes);
    const log = new PortLog({ capacityBytes: 2 * segmentBytes, memory, clock });
    const memories = new Set<ArrayBufferLike>();
    for (let count = 0; count < 20; count += 1) {
      log.append(block.subarray(0, 1000 + count));
      log.append(block.subarray(1000 + count));
      memories.add(log.view(log.endOffset - 1, 1).buffer);
    }
    expect(memories.size).toBe(3);
  });
});
