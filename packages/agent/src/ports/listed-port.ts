import type { Controller, ListedPort } from '@sercli/protocol';
import type { LoggedDevice } from './logged-device.ts';
import type { PortTotals } from './port-totals.ts';

/** A port as `/v1/ports` lists it. */
export function listedPort(device: LoggedDevice, totals: PortTotals, controller: Controller | undefined): ListedPort {
  const { name, device: path, description, usb, sequences = {} } = device.description;
  const { source, absence } = device;
  const { receivedBytes, sentBytes, breaks, framingErrors, parityErrors, overruns } = totals;
  return {
    name,
    device: path,
    ...(description === undefined ? {} : { description }),
    ...(usb === undefined ? {} : { usb }),
    settings: source?.settings ?? device.initialSettings({}),
    state: absence?.kind ?? (source === undefined ? 'idle' : 'open'),
    ...(absence === undefined ? {} : { reason: absence.reason }),
    ...(controller === undefined ? {} : { controller }),
    counters: { receivedBytes, sentBytes, breaks, framingErrors, parityErrors, overruns },
    ...(Object.keys(sequences).length === 0 ? {} : { sequences }),
  };
}
