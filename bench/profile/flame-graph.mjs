const width = 1200;
const rowHeight = 17;
/** Narrower frames say nothing; their time is part of the frame below them. */
const narrowest = 1.5;
const charWidth = 6.6;
const textHeight = 12;
const colours = { native: '#f0a58a', node: '#f2d17c', sercli: '#8fd0ae' };
/** What V8 shows of a thread that waits, or of itself. */
const idle = ['(idle)', '(program)', '(root)'];
/** koffi's functions are one to V8, which shows all of them without a name or with that of any of them. */
const namedNatives = ['(garbage collector)', 'writeBuffer', 'writev'];
/** The profiler's own. */
const inspector = 'node:inspector';

/**
 * A V8 profile as a picture: each frame as wide as the processor time in it and in what it calls.
 *
 * @param profile as the inspector's Profiler.stop gives it
 */
export function flameGraphSvg(title, profile) {
  const root = treeOf(profile);
  const scale = width / root.time;
  const frames = [...framesOf(root, 0, 0, scale)];
  const height = (Math.max(...frames.map(({ depth }) => depth)) + 1) * rowHeight + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="4" y="18" font-size="14" font-family="sans-serif">${escapeXml(title)}: ${(root.time / 1000).toFixed(0)} ms of processor time</text>`,
    ...frames.map((frame) => rectangle(frame, root.time)),
    '</svg>',
    '',
  ].join('\n');
}

/** name -> its own part of the processor time, the largest first. */
export function ownTimes(profile) {
  const own = new Map();
  const visit = (frame) => {
    own.set(frame.name, (own.get(frame.name) ?? 0) + frame.own);
    for (const child of frame.children.values()) visit(child);
  };
  const root = treeOf(profile);
  visit(root);
  return [...own].map(([name, time]) => [name, time / root.time]).sort(([, one], [, other]) => other - one);
}

/** Merges the nodes of a profile by the names on the way to them. */
function treeOf({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const root = frame('all', 'node');
  for (const [index, id] of samples.entries()) {
    const time = timeDeltas[index];
    const path = pathTo(id, byId, parents);
    if (path.length === 0) continue;
    let at = root;
    at.time += time;
    for (const { callFrame } of path) at = childOf(at, callFrame, time);
    at.own += time;
  }
  return root;
}

/** From the outermost call inwards; empty where nothing ran that would run without the profiler. */
function pathTo(id, byId, parents) {
  if (idle.includes(byId.get(id).callFrame.functionName)) return [];
  const path = [];
  for (let at = id; at !== undefined; at = parents.get(at)) path.unshift(byId.get(at));
  if (path.some(({ callFrame }) => callFrame.url === inspector)) return [];
  return path.filter(({ callFrame }) => callFrame.functionName !== '(root)');
}

function childOf(parent, { functionName, url }, time) {
  const isUnnamed = url === '' && !namedNatives.includes(functionName);
  const name = isUnnamed ? '(native)' : functionName;
  const known = parent.children.get(name) ?? frame(name, kindOf(url));
  parent.children.set(name, known);
  known.time += time;
  return known;
}

function frame(name, kind) {
  return { name, kind, time: 0, own: 0, children: new Map() };
}

function kindOf(url) {
  if (url === '') return 'native';
  return url.startsWith('node:') ? 'node' : 'sercli';
}

function* framesOf(node, depth, start, scale) {
  yield { name: node.name, kind: node.kind, depth, x: start * scale, width: node.time * scale, time: node.time };
  let at = start;
  for (const child of [...node.children.values()].sort((one, other) => other.time - one.time)) {
    if (child.time * scale >= narrowest) yield* framesOf(child, depth + 1, at, scale);
    at += child.time;
  }
}

function rectangle({ name, kind, depth, x, width: wide, time }, all) {
  const y = 30 + depth * rowHeight;
  const room = Math.floor((wide - 4) / charWidth);
  const text = name.length <= room ? name : name.slice(0, Math.max(0, room - 1));
  const label =
    text.length < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + textHeight}">${escapeXml(text)}</text>`;
  const tip = `<title>${escapeXml(name)}: ${((100 * time) / all).toFixed(1)} %</title>`;
  return `<g><rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}" fill="${colours[kind]}">${tip}</rect>${label}</g>`;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
