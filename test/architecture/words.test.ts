import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogueFaults, catalogueTags, extractMessages, readCatalogue } from '../../scripts/messages/catalogues.ts';
import { findBareTexts, textOf } from '../../scripts/messages/find-bare-texts.ts';
import { lineOf, parseSource, readSourceFiles } from '../../scripts/messages/syntax.ts';
import { root } from './sources.ts';

/** Texts that look like words but aren't for people, or are the same in every language: `path: text`. */
const sameEverywhere: readonly string[] = [
	'renderer/conversation/ledger/answer-ledger.tsx: bg-accent',
	'renderer/conversation/ledger/answer-ledger.tsx: bg-heat-5',
	'renderer/documents/add-documents-dialog.tsx: /home/ada/notes',
	'renderer/library/adapter-dialogs.tsx: PEFT',
	'renderer/tools/add-server.tsx: Authorization: Bearer …',
	'renderer/tools/add-server.tsx: { "mcpServers": { … } }',
];

const places = readdirSync(join(root, 'renderer'))
	.filter((name) => statSync(join(root, 'renderer', name)).isDirectory() || /\.tsx?$/.test(name))
	.map((name) => `renderer/${name}`);

function bareTextsOf(place: string): string[] {
	return readSourceFiles(root, place).flatMap((source) =>
		findBareTexts(source)
			.filter(({ node }) => !sameEverywhere.includes(`${source.path}: ${textOf(node).trim()}`))
			.map(({ node }) => `${source.path}:${lineOf(source.text, node.start)}: ${textOf(node).trim()}`),
	);
}

test.each(places)('every text of %s is in the catalogue', (place) => {
	expect(bareTextsOf(place)).toEqual([]);
});

test('values that punctuation puts together for people are found, as are words', () => {
	const source = (text: string) => findBareTexts(parseSource('renderer/a.ts', `toasts.fail(${text})`)).length;
	expect(source(`\`\${title}: \${problem}\``)).toBe(1);
	expect(source(`\`Not read: \${title}\``)).toBe(1);
	expect(source("t('{title}: {problem}', { title, problem })")).toBe(0);
	expect(source('failure.message')).toBe(0);
});

test('every message can be read from its source, and every catalogue translates all of them', {
	timeout: 90_000,
}, () => {
	const { messages, faults } = extractMessages(root);
	expect(faults).toEqual([]);
	expect(messages.size).toBeGreaterThan(20);
	for (const tag of catalogueTags(root)) expect(catalogueFaults(tag, readCatalogue(root, tag), messages)).toEqual([]);
});
