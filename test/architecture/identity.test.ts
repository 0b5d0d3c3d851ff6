import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources, root } from './sources.ts';

/** An argument of a call of the contract that names an identity and spreads something over it: `{ id, ...draft }`. */
const overwritten = /\bclient\.[\w.]+\(\s*\{[^{}]*\b(?:id|\w+Id)\b[^{}]*,\s*\.\.\.\w/;

test('the pattern finds an identity that a spread may replace, and accepts one that is written last', () => {
	expect([
		overwritten.test('client.prompts.addVersion({ id: shown.id, ...draft, note })'),
		overwritten.test('client.presets.update({ id, ...content })'),
		overwritten.test('client.presets.update({ ...content, id })'),
	]).toEqual([true, true, false]);
});

test('in a call, no object of one kind is spread over the identity of another', () => {
	const found = readSources(['electron', 'renderer']).flatMap(({ path }) => {
		const match = overwritten.exec(readFileSync(join(root, path), 'utf8'));
		return match === null ? [] : [`${path}: ${match[0]}`];
	});
	expect(found, 'write the identity after what is spread').toEqual([]);
});
