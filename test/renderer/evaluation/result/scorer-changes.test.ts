import { expect, test } from 'vitest';
import type { Run } from '../../../../electron/contract/evaluation/schema.ts';
import { type Scorer, scorerSchema } from '../../../../electron/contract/evaluation/scorer.ts';
import { type Technique, techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { matchArms } from '../../../../renderer/evaluation/result/arm-pairs.ts';
import { describeScorerChanges } from '../../../../renderer/evaluation/result/scorer-changes.ts';
import { fakeRun } from '../../../support/fake-application/evaluation-data.ts';

const exact = scorerSchema.parse({ kind: 'exact' });
const whole = techniqueSchema.parse({ kind: 'zero-shot' });
const lastNumber = techniqueSchema.parse({ kind: 'zero-shot', extract: { kind: 'last-number' } });

const { run: source } = fakeRun(3, 'Tickets', [
	{ model: 'small', version: 4, values: [1, 0] },
	{ model: 'large', version: 4, values: [1, 1] },
]);

function markedBy(scorers: Scorer[], technique: Technique): Run {
	const { run } = fakeRun(4, 'Tickets', [
		{ model: 'small', version: 4, values: [1, 0] },
		{ model: 'large', version: 4, values: [1, 1] },
	]);
	const { arms } = run.manifest;
	const marked = { runId: 3, name: 'Tickets', manifestHash: source.manifestHash, scorers: [exact] };
	return {
		...run,
		arms: run.arms.map((arm) => ({ ...arm, technique })),
		manifest: {
			...run.manifest,
			scorers,
			arms: arms.map((arm) => ({ ...arm, technique })),
			marked: { ...marked, techniques: arms.map(() => whole) },
		},
	};
}

test('changed scorers are described, unchanged ones are not', () => {
	expect(describeScorerChanges(source)).toBeNull();
	expect(describeScorerChanges(markedBy([exact], whole))).toBeNull();
	const others = ['numeric', 'json'].map((kind) => scorerSchema.parse({ kind }));
	expect(
		describeScorerChanges(markedBy([scorerSchema.parse({ kind: 'exact', ignoreCase: true }), ...others], whole)),
	).toBe('“numeric”, “json” are new; “exact” has another rule');
	expect(describeScorerChanges(markedBy(others, lastNumber))).toBe(
		'“numeric”, “json” are new; “exact” is left out; answers are extracted differently',
	);
});

test('re-scored outputs are compared combination by combination, whatever the answer extraction', () => {
	const again = markedBy([exact], lastNumber);
	expect(matchArms(source, again).map(({ baseId, otherId }) => [baseId, otherId])).toEqual(
		source.arms.map(({ id }, at) => [id, again.arms[at]?.id]),
	);
});
