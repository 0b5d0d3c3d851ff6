import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { describeExtraction } from '../plan/part/technique/extraction-words.ts';
import { describeTechnique } from '../words.ts';

/** Techniques of a run by their JSON, in words that tell them apart: those alike by name also say how the answer is found. */
export function distinguishTechniques(techniques: readonly Technique[]): ReadonlyMap<string, string> {
	const each = new Map(techniques.map((technique) => [JSON.stringify(technique), technique]));
	const named = withTwins(each, (technique) => describeTechnique(technique));
	const read = withTwins(each, (technique, key) =>
		named.twins.has(key) && 'extract' in technique
			? `${describeTechnique(technique)}, ${describeExtraction(technique.extract)}`
			: describeTechnique(technique),
	);
	// An instruction or a seed: no words are short enough for what differs.
	return new Map(
		[...read.words].map(([key, words], index) => [key, read.twins.has(key) ? `${words} (${index + 1})` : words]),
	);
}

function withTwins(each: ReadonlyMap<string, Technique>, wordsOf: (technique: Technique, key: string) => string) {
	const words = new Map([...each].map(([key, technique]) => [key, wordsOf(technique, key)]));
	const times = Map.groupBy(words.values(), (one) => one);
	return {
		words,
		twins: new Set([...words].flatMap(([key, one]) => ((times.get(one)?.length ?? 0) > 1 ? [key] : []))),
	};
}
