import { networkInterfaces } from 'node:os';
/** The addresses of interfaces that are up and have a carrier. */
export function interfaceAddresses() {
    return Object.entries(networkInterfaces()).flatMap(([interfaceName, addresses = []]) => addresses.map(({ address, family, cidr, internal }) => ({
        interfaceName,
        address,
        family,
        prefixLength: Number(cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 128)),
        isLoopback: internal,
    })));
}
/** What the choice comes to with these addresses. */
export function chosenAddresses(choice, all) {
    const chosen = all.filter((address) => isChosen(choice, address));
    return [...new Set(chosen.map(({ interfaceName }) => interfaceName))].flatMap((interfaceName) => {
        const listening = chosen.filter((address) => address.interfaceName === interfaceName);
        const advertised = listening.map(({ address }) => address);
        return senders(listening, all).map((address) => ({ ...address, advertised }));
    });
}
export function unusableParts(choice, all) {
    if (choice === 'loopback')
        return [];
    const parts = choice === 'all' ? [choice] : choice.map((part) => (isEverywhere(part) ? 'all' : part));
    return parts.flatMap((part) => {
        // That this machine has an IPv4 address for itself does not help others to find it.
        const chosen = all.filter((address) => (part === 'all' ? !address.isLoopback : isNamed(part, address)));
        if (chosen.length === 0 && part !== 'all')
            return [missing(part)];
        return chosen.length > 0 && senders(chosen, all).length === 0 ? [withoutIpv4(chosen)] : [];
    });
}
function missing(place) {
    const reason = 'no interface that is up has this name or address';
    return { place, reason, remedy: 'it is used as soon as there is one' };
}
function withoutIpv4(chosen) {
    const place = [...new Set(chosen.map(({ interfaceName }) => interfaceName))].join(', ');
    const reason = 'mDNS is spoken over IPv4 here, and there is no IPv4 address';
    return { place, reason, remedy: 'it is used as soon as there is one; until then name agents by their address' };
}
/**
 * Whether a packet from `source` came on the interface of `here`. Every socket of mDNS hears what comes on all
 * interfaces (IP_MULTICAST_ALL in ip(7)), so the source has to tell. One of no network that is known may be a neighbour
 * all the same (RFC 6762 section 11).
 */
export function mayCome(source, here, all) {
    return isInNetwork(source, here) || !all.some((address) => isInNetwork(source, address));
}
export function isInNetwork(address, { address: own, prefixLength, family }) {
    return family === 'IPv4' && networkOf(address, prefixLength) === networkOf(own, prefixLength);
}
/** The IPv4 addresses among those chosen; the first one of the interface when only IPv6 was chosen. */
function senders(chosen, all) {
    const own = chosen.filter(({ family }) => family === 'IPv4');
    if (own.length > 0)
        return own;
    const first = all.find(({ interfaceName, family }) => family === 'IPv4' && interfaceName === chosen[0]?.interfaceName);
    return first === undefined ? [] : [first];
}
function isChosen(choice, address) {
    if (choice === 'all')
        return true;
    if (choice === 'loopback')
        return address.isLoopback;
    return choice.some((part) => isEverywhere(part) || isNamed(part, address));
}
function isNamed(part, { interfaceName, address, isLoopback }) {
    // All of 127.0.0.0/8 is this machine, and only 127.0.0.1 is listed.
    if (isLoopback && /^127\.\d+\.\d+\.\d+$/.test(part))
        return address === '127.0.0.1' || address === part;
    const [bare, zone] = part.split('%');
    return interfaceName === part || (address === bare && (zone === undefined || zone === interfaceName));
}
function isEverywhere(part) {
    return part === '0.0.0.0' || part === '::';
}
function networkOf(address, prefixLength) {
    const bits = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
    return Math.floor(bits / 2 ** (32 - prefixLength));
}
//# sourceMappingURL=local-addresses.js.map