// `npm run schema`: writes the JSON Schema of sercli.yaml, which is published with the package for editors.
import { writeFileSync } from 'node:fs';
import { configSchema } from '../dist/index.js';

const place = new URL('../schema/sercli.schema.json', import.meta.url);
writeFileSync(place, `${JSON.stringify(configSchema, undefined, 2)}\n`);
