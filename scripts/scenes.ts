/**
 * `npm run scenes`: every state of every screen that the tests cover, live in the browser, with a search, both themes
 * and several sizes. Edits to a component or a scene appear at once. `npm run scenes -- --port <n>` chooses the port.
 */
import { parseArgs } from 'node:util';
import { endWith } from './dev/end-with.ts';
import { startSceneSession } from './scenes/scene-session.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { port = '5174' } = parseArgs({ options: { port: { type: 'string' } } }).values;
const session = await startSceneSession({ port: Number(port), say });
say(`The scenes are at ${session.origin}\nCtrl+C ends it.`);
endWith(() => session.close());
