import type { MatchedSpec, PortConfig } from '../config/config.ts';
import { compareMatches, matchesDevice } from '../config/device-match.ts';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { identityOf } from './device-names.ts';

/** Which device belongs to which port that is described by a match. A port keeps its device as long as that is there. */
export class MatchedDevices {
  /** Identity of the device that each port had last. */
  readonly #last = new Map<string, string>();

  /** The device of each matched port that has one, by the port's name. */
  assign(ports: readonly PortConfig[], devices: readonly DeviceInfo[]): ReadonlyMap<string, DeviceInfo> {
    const assigned = new Map<string, DeviceInfo>();
    const free = new Set(devices);
    const give = (name: string, device: DeviceInfo | undefined): void => {
      if (device === undefined) return;
      free.delete(device);
      assigned.set(name, device);
      this.#last.set(name, identityOf(device));
    };
    const specs = ports
      .map(({ spec }) => spec)
      .filter((spec): spec is MatchedSpec => spec.kind === 'matched')
      .sort((one, other) => compareMatches(one.match, other.match));
    const fits = ({ match }: MatchedSpec, device: DeviceInfo): boolean => matchesDevice(match, device);
    for (const spec of specs) {
      const last = this.#last.get(spec.name);
      give(
        spec.name,
        [...free].find((device) => identityOf(device) === last && fits(spec, device)),
      );
    }
    for (const spec of specs) {
      if (!assigned.has(spec.name))
        give(
          spec.name,
          [...free].find((device) => fits(spec, device)),
        );
    }
    return assigned;
  }
}
