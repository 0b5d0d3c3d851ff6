/**
 * `node_modules/.bin/node scripts/messages/extract.ts [language …]` brings the catalogues up to date with the sources:
 * new messages are empty, gone ones are dropped. A named language without a catalogue gets one. `--check` writes nothing
 * and fails if a catalogue has a gap or a fault.
 */
import { writeFileSync } from 'node:fs';
import { languageTags } from '../../electron/contract/settings/languages.ts';
import { projectRoot } from '../run-step.ts';
import {
	catalogueFaults,
	cataloguePath,
	catalogueTags,
	extractMessages,
	readCatalogue,
	updatedCatalogue,
} from './catalogues.ts';

const named = process.argv.slice(2).filter((one) => one !== '--check');
const check = process.argv.includes('--check');
const unknown = named.filter((tag) => tag === 'en' || !(languageTags as string[]).includes(tag));
if (unknown.length > 0) {
	process.stderr.write(`${unknown.join(', ')}: the page has no such language, or it is the source.\n`);
	process.exit(2);
}

const { messages, faults } = extractMessages(projectRoot);
const tags = [...new Set([...catalogueTags(projectRoot), ...named])];
if (!check) {
	for (const tag of tags) {
		const catalogue = updatedCatalogue(readCatalogue(projectRoot, tag), messages.keys());
		writeFileSync(cataloguePath(projectRoot, tag), `${JSON.stringify(catalogue, null, '\t')}\n`);
	}
}
for (const tag of tags) faults.push(...catalogueFaults(tag, readCatalogue(projectRoot, tag), messages));
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(`${messages.size} messages, ${tags.length} languages beside English, ${faults.length} faults\n`);
if (check && faults.length > 0) process.exit(1);
