import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { detectLanguage } from '../../../../electron/evaluation/scorers/ifeval/langdetect/detect-language.ts';
import { createPythonRandom } from '../../../../electron/evaluation/scorers/ifeval/langdetect/python-random.ts';

/** Texts, with what Python's langdetect says of them; written by golden/make_languages.py. */
const golden: readonly (readonly [text: string, language: string | null])[] = JSON.parse(
	gunzipSync(readFileSync(new URL('golden/languages.json.gz', import.meta.url))).toString(),
);

test('every text in 55 languages gets langdetect’s verdict', () => {
	const other = golden
		.map(([text, language]) => ({ text, language, detected: detectLanguage(text) }))
		.filter(({ language, detected }) => detected !== language);
	expect(other).toEqual([]);
	expect(golden.length).toBeGreaterThan(2_000);
	const languages = new Set(
		golden.map(([, language]) => language).filter((name) => name !== null && name !== 'unknown'),
	);
	expect(languages.size).toBe(55);
});

describe('Python’s random numbers', () => {
	// random.Random(seed): three times gauss(0.0, 1.0), then five times choice(range(1000)).
	test.each([
		[0, [0.9417154046806644, -1.3965781047011498, -0.6797144480784211], [523, 497, 414, 940, 802]],
		[1, [1.2881847531554629, 1.449445608699771, 0.06633580893826191], [507, 779, 460, 483, 667]],
	])('seed %d draws the same', (seed, gaussian, indexes) => {
		const random = createPythonRandom(seed);
		// Python's sine and logarithm may round the last digit otherwise.
		for (const drawn of gaussian) expect(random.gauss()).toBeCloseTo(drawn, 14);
		expect(indexes.map(() => random.index(1000))).toEqual(indexes);
	});
});
