import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { type Technique, techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { buildModelFile } from '../fixtures/model.ts';
import { minute } from './data.ts';
import { withTickets } from './dataset/data.ts';
import { type ArmPlan, changedSet, type FakeRun, fakeRun, metricOf, rightSet } from './evaluation-data.ts';
import type { FakeApplication } from './fake-application.ts';
import { withPrompts } from './prompt/data.ts';
import { day, type Scene, withModel } from './scene.ts';

const n = 160;
const fewShot = techniqueSchema.parse({ kind: 'few-shot', shots: 3 });

const values = (right: ReadonlySet<number>, known = n): (number | undefined)[] =>
	Array.from({ length: n }, (_, index) => (index < known ? Number(right.has(index)) : undefined));

/** The mock page's numbers of right answers: v4 58 and 88 of 160, v5 71 and 102. */
function ticketArms(technique?: Technique): readonly ArmPlan[] {
	const small = rightSet(n, 58, 1);
	const large = rightSet(n, 88, 2);
	const more = technique === undefined ? {} : { technique };
	return [
		{ model: 'small', version: 4, values: values(small) },
		{ model: 'large', version: 4, values: values(large) },
		{ model: 'small', version: 5, ...more, values: values(changedSet(n, small, 29, 16, 3)) },
		{ model: 'large', version: 5, ...more, values: values(changedSet(n, large, 27, 13, 5)) },
	];
}

const criteria = [
	{ metric: 'fields', operator: 'at-least', value: 0.6 },
	{ metric: 'latency-p95', operator: 'at-most', value: 2 },
] as const;

export function tickets(id = 9, changes: Partial<Run> = {}, technique?: Technique): FakeRun {
	const made = fakeRun(id, 'Ticket triage', ticketArms(technique));
	const { run } = made;
	const byTag = made.arms.flatMap(({ arm, values: own }) =>
		['routine', 'urgent'].map((tag, urgent) => ({
			...metricOf(own.filter((_, index) => Number(index % 3 === 0) === urgent))!,
			tag,
			armId: arm.id,
			scorer: 'fields',
		})),
	);
	const outcomes = run.arms.flatMap((arm) => {
		const { value, low, high } = arm.metrics.fields!;
		const p95 = arm.latency!.p95;
		return [
			{
				criterion: criteria[0],
				armId: arm.id,
				value,
				low,
				high,
				words: '',
				state: low >= 0.6 ? ('met' as const) : high < 0.6 ? ('not-met' as const) : ('undecided' as const),
			},
			{
				criterion: criteria[1],
				armId: arm.id,
				value: p95,
				low: p95 * 0.94,
				high: p95 * 1.08,
				words: '',
				state: p95 <= 1.9 ? ('met' as const) : ('not-met' as const),
			},
		];
	});
	return {
		...made,
		run: { ...run, config: { ...run.config, criteria: [...criteria] }, byTag, criteria: outcomes, ...changes },
	};
}

const one = (version: number, right: number): readonly ArmPlan[] => [
	{ model: 'large', version, values: values(rightSet(n, right, version)) },
];

export const earlier = (): FakeRun[] => [
	fakeRun(8, 'Ticket triage', ticketArms().slice(0, 2), { createdAt: Date.now() - day, baseline: true }),
	fakeRun(7, 'JSON extraction', one(2, 91), {
		createdAt: Date.now() - day - 40 * minute,
		progress: { done: n, total: n, errors: 3, failedShards: 0, secondsLeft: null, doing: null },
	}),
	fakeRun(6, 'Short facts', ticketArms().slice(0, 2), { createdAt: Date.now() - 3 * day, repeatable: 'unknown' }),
	fakeRun(5, 'Lease questions', one(1, 44), {
		createdAt: Date.now() - 12 * day,
		repeatable: 'no',
		status: 'cancelled',
	}),
];

/** A run in progress: 71 of 160 on one combination. */
const arithmetic = (changes: Partial<Run> = {}): FakeRun =>
	fakeRun(10, 'Arithmetic', [{ model: 'small', version: 1, values: values(rightSet(n, 50, 9), 71) }], {
		createdAt: Date.now() - minute,
		startedAt: Date.now() - minute,
		repeatable: 'unknown',
		repeatableNote: '',
		...changes,
	});

export function library(fake: FakeApplication): void {
	withModel(fake);
	withTickets(fake.data.datasets);
	withPrompts(fake.data.prompts);
	fake.data.models = [
		buildModelFile(1, { quantization: 'Q4_K_M', sizeBytes: 105_000_000 }),
		buildModelFile(2, {
			name: 'SmolLM2 360M Instruct',
			quantization: 'Q8_0',
			sizeBytes: 386_000_000,
			parameters: 361_821_120,
			default: false,
		}),
	];
}

export const scene = (route: string, ...all: FakeRun[]): Scene => ({
	prepare(fake) {
		library(fake);
		fake.data.evaluations.all = all;
		return route;
	},
});

/** The outputs of a run, re-scored by a more lenient scorer. */
function markedAgain({ run, arms }: FakeRun): FakeRun {
	const plans = arms.map(({ arm, values: found }) => ({
		model: arm.model.quantization === 'Q8_0' ? ('large' as const) : ('small' as const),
		version: arm.prompt.number,
		values: found.map((value, index) => (index % 9 === 0 ? 1 : value)),
	}));
	const again = fakeRun(10, `${run.name} (re-scored)`, plans, { markedOf: run.id });
	const { scorers, arms: made } = run.manifest;
	const marked = { runId: run.id, name: run.name, manifestHash: run.manifestHash, scorers };
	const manifest = {
		...again.run.manifest,
		scorers: scorers.map((scorer) => ({ ...scorer, ignoreCase: true }) as typeof scorer),
		marked: { ...marked, techniques: made.map(({ technique }) => technique) },
	};
	return { ...again, run: { ...again.run, manifest } };
}

/** The same prompt without documents, and with passages of them. */
function lookUps(): FakeRun {
	const right = rightSet(n, 58, 2);
	const documents = { collection: 'Shop', documents: 12, sha256: 'd'.repeat(64), mode: 'retrieve', k: 2 } as const;
	return fakeRun(9, 'Questions about documents', [
		{ model: 'large', version: 5, values: values(right) },
		{
			model: 'large',
			version: 5,
			values: values(changedSet(n, right, 64, 8, 5)),
			context: { documents: { ...documents, search: 'hybrid', rerank: null } },
		},
	]);
}

/** Two prompts on `samples` samples: the second fixes and breaks some. */
function pairOf(right: number, fixed: number, broken: number, samples: number, changes: Partial<Run> = {}): FakeRun {
	const first = rightSet(samples, right, 2);
	const valuesOf = (set: ReadonlySet<number>): number[] =>
		Array.from({ length: samples }, (_, index) => Number(set.has(index)));
	return fakeRun(
		9,
		'v4 vs v5 on Tickets',
		[
			{ model: 'large', version: 4, values: valuesOf(first) },
			{ model: 'large', version: 5, values: valuesOf(changedSet(samples, first, fixed, broken, 5)) },
		],
		changes,
	);
}

const unfair = {
	code: 'technique',
	serious: true,
	message: 'v4 was asked zero-shot, v5 was shown 3 examples; the difference may come from that, not from the prompt.',
} as const;

export const evaluationScenes: Record<string, Scene> = {
	'evaluate-empty': scene('/evaluate'),
	'evaluate-result': scene('/evaluate/9', tickets(), ...earlier()),
	'evaluate-use': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		async act(page) {
			await page.getByRole('button', { name: /^(?:Make .* the default|Use “)/ }).click();
			await page.getByRole('dialog').waitFor();
			await page.waitForTimeout(350);
		},
	},
	'evaluate-tools': scene(
		'/evaluate/9',
		tickets(
			9,
			{
				scorers: ['fields', 'right tool', 'valid arguments', 'right arguments', 'no extra calls', 'end result'],
			},
			techniqueSchema.parse({ kind: 'tools' }),
		),
		...earlier(),
	),
	'evaluate-running': scene('/evaluate/9', arithmetic(), tickets(), ...earlier()),
	'evaluate-unfair': {
		prepare(fake) {
			library(fake);
			fake.data.evaluations.all = [arithmetic(), tickets(9, {}, fewShot), ...earlier()];
			fake.data.evaluations.unfair = [
				unfair,
				{ code: 'context', serious: false, message: 'The context was 2,048 tokens for v4 and 4,096 for v5.' },
			];
			return '/evaluate/9';
		},
	},
	'evaluate-many': scene(
		'/evaluate/9',
		fakeRun(
			9,
			'Ticket triage',
			[3, 4, 5, 6, 7].flatMap((version) =>
				(['small', 'large'] as const).map((model, at) => ({
					model,
					version,
					values: values(rightSet(n, 40 + version * 6 + at * 22, version)),
				})),
			),
		),
		...earlier(),
	),
	'evaluate-one': scene(
		'/evaluate/10',
		arithmetic({
			warnings: [
				{
					code: 'answer-shown',
					message:
						'The prompt shows the answer: {{answer}} in “Word problem” holds the target in 24 of the 24 samples that were checked. That is right only if the model should find the answer in a text.',
				},
			],
		}),
		...earlier(),
	),
	'evaluate-waiting': scene(
		'/evaluate/10',
		fakeRun(10, 'Arithmetic', [{ model: 'small', version: 1, values: Array.from({ length: 40 }, () => undefined) }], {
			status: 'waiting',
			repeatable: 'unknown',
			startedAt: null,
		}),
		...earlier(),
	),
	'evaluate-paused': scene('/evaluate/10', arithmetic({ status: 'paused' }), ...earlier()),
	'evaluate-failed': scene(
		'/evaluate/10',
		arithmetic({
			status: 'failed',
			failure: {
				code: 'model-changed',
				message: 'SmolLM2 135M Instruct (Q4_K_M) has changed, so this run can’t continue.',
				next: ['Add the same file to the library again', 'Start a new run'],
			},
		}),
		...earlier(),
	),
	'evaluate-some-failed': scene(
		'/evaluate/10',
		arithmetic({
			status: 'cancelled',
			baseline: false,
			progress: { done: 71, total: 160, errors: 8, failedShards: 1, secondsLeft: null, doing: null },
			failures: [
				{
					armId: 101,
					failure: {
						code: 'prompt-too-long',
						message: 'The prompt has 2,310 tokens, but the context only 2,048.',
						next: [],
					},
				},
			],
			givenUp: [
				{
					armId: 100,
					first: 32,
					last: 39,
					failure: {
						code: 'worker-died',
						message: 'The measuring process ended three times (out of memory).',
						next: [],
					},
				},
			],
		}),
		...earlier(),
	),
	'evaluate-tags': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByText('By tag', { exact: true }).click(),
	},
	'evaluate-cost': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByText('Tokens and time', { exact: true }).click(),
	},
	'evaluate-criteria': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) =>
			page
				.locator('label')
				.filter({ hasText: /^Criteria/ })
				.click(),
	},
	'evaluate-conditions': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByText('Conditions', { exact: true }).click(),
	},
	'evaluate-models-apart': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByRole('button', { name: /^v4, 135M/ }).click(),
	},
	'evaluate-prompts-sent': {
		...scene('/evaluate/9', tickets(9, {}, fewShot), ...earlier()),
		act: (page) => page.getByText('Prompts sent', { exact: true }).click(),
	},
	'evaluate-looked-up': {
		...scene('/evaluate/9', lookUps(), ...earlier()),
		async act(page) {
			await page.getByText('Looked up', { exact: true }).click();
			await page.getByText('expected', { exact: true }).first().waitFor();
		},
	},
	'evaluate-grid': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByText('Grid', { exact: true }).click(),
	},
	'evaluate-grid-open': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		async act(page) {
			await page.getByText('Grid', { exact: true }).click();
			await page.getByRole('grid', { name: 'All outputs' }).getByRole('row').nth(3).click();
		},
	},
	/** The interval includes zero: more samples would tell. */
	'evaluate-undecided': scene('/evaluate/9', pairOf(88, 27, 22, n), ...earlier()),
	/** Five samples decide nothing, however large the difference. */
	'evaluate-too-few': scene('/evaluate/9', pairOf(1, 4, 0, 5), ...earlier()),
	'evaluate-same': scene('/evaluate/9', pairOf(20, 0, 0, 40), ...earlier()),
	'evaluate-ended-early': scene('/evaluate/9', pairOf(88, 27, 13, n, { status: 'cancelled' }), ...earlier()),
	'evaluate-correct': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByRole('button', { name: 'Correct target' }).click(),
	},
	'evaluate-repeatable': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		async act(page) {
			await page.getByRole('button', { name: 'Repeatable' }).click();
			await page.waitForTimeout(250);
		},
	},
	'evaluate-table': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		act: (page) => page.getByRole('button', { name: 'Show as table' }).click(),
	},
	'evaluate-mark': scene('/evaluate/mark?run=9', tickets(), ...earlier()),
	'evaluate-marked': scene('/evaluate/10', markedAgain(tickets()), tickets(), ...earlier()),
	'evaluate-compare-marked': {
		prepare(fake) {
			library(fake);
			fake.data.evaluations.all = [markedAgain(tickets()), tickets(), ...earlier()];
			fake.data.evaluations.unfair = [
				{
					code: 'same-outputs',
					serious: false,
					message:
						'Ticket triage and Ticket triage (re-scored) are the same outputs, scored differently: by other rules; the model’s answers are the same.',
				},
			];
			return '/evaluate/9-10';
		},
	},
	'evaluate-compare': scene('/evaluate/8-9', tickets(), ...earlier()),
	'evaluate-pick': {
		...scene('/evaluate/9', tickets(), ...earlier()),
		async act(page) {
			const list = page.getByRole('complementary', { name: 'Runs' });
			await list.getByRole('checkbox').nth(0).check({ force: true });
			await list.getByRole('checkbox').nth(2).check({ force: true });
		},
	},
	'evaluate-unreadable': {
		prepare(fake) {
			library(fake);
			fake.data.evaluations.failure = {
				code: 'database-damaged',
				message: 'The database file is damaged at page 412.',
				next: ['Restore a backup'],
			};
			return '/evaluate';
		},
	},
};
