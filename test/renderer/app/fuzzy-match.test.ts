import { expect, test } from 'vitest';
import { matchCommand } from '../../../renderer/app/fuzzy-match.ts';

const quantise = ['Quantise SmolLM2 135M F16', 'quantize compress smaller gguf'] as const;
const load = ['Load SmolLM2 135M F16', 'memory start open'] as const;

test('synonyms and words in any order find a command; every word has to fit', () => {
	for (const query of ['quantise', 'quantize', 'smaller', 'smollm2 quant', 'compress 135m', 'gguf smaller'])
		expect(matchCommand(query, ...quantise), query).not.toBeNull();
	expect(matchCommand('quantise gemma', ...quantise)).toBeNull();
	expect(matchCommand('smaller', ...load)).toBeNull();
});

test('a slip in a long word is forgiven, in a short one it is not', () => {
	expect(matchCommand('quantsie', ...quantise)).not.toBeNull();
	expect(matchCommand('compres smaler', ...quantise)).not.toBeNull();
	expect(matchCommand('laod', ...load)).toBeNull();
});

test('the word itself beats a synonym, which beats a slip; the matched letters are marked', () => {
	const score = (query: string) => matchCommand(query, ...quantise)?.score ?? 0;
	expect(score('quantise')).toBeGreaterThan(score('quantize'));
	expect(score('compress')).toBeGreaterThan(score('compreß'));
	expect(matchCommand('135m quantise', ...quantise)?.positions).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 17, 18, 19, 20]);
});

test('words of the label beat the same words among the synonyms', () => {
	const score = (label: string, synonyms: string) => matchCommand('import data', label, synonyms)?.score ?? 0;
	expect(score('Import a dataset', 'add file csv')).toBeGreaterThan(
		score('Import samples into Arithmetic', 'dataset add file csv'),
	);
});
