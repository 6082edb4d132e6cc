/** Characters of the two free texts: a string of a TXT record has 255 bytes at most, its key included. */
const maxCharacters = 64;
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** The strings of the TXT record, `key=value` (RFC 6763 section 6.3). */
export function encodeAgentText({ agentId, wire, software, fingerprint, isOpen }) {
    return [
        `id=${agentId.toLowerCase()}`,
        `w=${wire}`,
        `v=${readable(software)}`,
        ...(fingerprint === undefined ? [] : [`fp=${readable(fingerprint)}`]),
        ...(isOpen === true ? ['open=1'] : []),
    ];
}
/** Undefined when the record is not of an agent: id and wire version are what every agent tells. */
export function decodeAgentText(strings) {
    const values = valuesOf(strings);
    const agentId = values.get('id')?.toLowerCase() ?? '';
    const wire = Number(values.get('w'));
    if (!/^[0-9a-f]{8}$/.test(agentId) || !Number.isSafeInteger(wire) || wire < 1)
        return undefined;
    const fingerprint = values.get('fp') ?? '';
    return {
        agentId,
        wire,
        software: readable(values.get('v') ?? '') || 'unknown',
        ...(/^[\w:+/=-]{1,64}$/.test(fingerprint) ? { fingerprint } : {}),
        isOpen: values.get('open') === '1',
    };
}
/** Keys are compared without regard to case, and the first of two counts (RFC 6763 section 6.4). */
function valuesOf(strings) {
    const values = new Map();
    for (const bytes of strings) {
        const [, key, value] = /^([^=]+)=(.*)$/s.exec(new TextDecoder().decode(bytes)) ?? [];
        if (key === undefined || value === undefined || values.has(key.toLowerCase()))
            continue;
        values.set(key.toLowerCase(), value);
    }
    return values;
}
function readable(text) {
    return [...text.replace(unseen, '')].slice(0, maxCharacters).join('').trim();
}
//# sourceMappingURL=agent-text.js.map