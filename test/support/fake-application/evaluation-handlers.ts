import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Answer, Estimate, RowDetail, Run, Unfair } from '../../../electron/contract/evaluation/schema.ts';
import { buildRequests } from '../../../electron/prompt/build-request.ts';
import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { buildJob } from '../fixtures/job.ts';
import {
	type FakeArm,
	type FakeRun,
	fakeComparison,
	fakeRows,
	fakeRun,
	outputOf,
	ticketOf,
} from './evaluation-data.ts';
import type { FakeApplication } from './fake-application.ts';
import { unscripted } from './unscripted.ts';

/** Runs of the fake, newest first; it measures nothing. */
export interface FakeEvaluations {
	all: FakeRun[];
	unfair: Unfair[];
	estimate: Estimate;
	/** If set, lists fail with it. */
	failure: FailureFacts | null;
	/** If set, estimates fail with it. */
	refusal: FailureFacts | null;
}

export function fakeEvaluations(): FakeEvaluations {
	return {
		all: [],
		unfair: [],
		failure: null,
		refusal: null,
		estimate: {
			samples: 160,
			arms: 2,
			calls: 320,
			promptTokens: 43_600,
			completionTokens: 7_400,
			mostCompletionTokens: 81_920,
			seconds: 190,
			mostSeconds: 1_240,
			basis: 'runs',
			words: '',
			warnings: [],
		},
	};
}

export function evaluationHandlers(fake: FakeApplication, { evaluations }: Implementer) {
	const state = fake.data.evaluations;
	const find = (id: number): FakeRun => {
		const found = state.all.find(({ run }) => run.id === id);
		if (found === undefined) throw new Failure({ code: 'run-unknown', message: `There is no run ${id}.`, next: [] });
		return found;
	};
	const change = (id: number, changes: Partial<Run>): Run => {
		const found = find(id);
		const run = { ...found.run, ...changes };
		state.all = state.all.map((one) => (one === found ? { ...one, run } : one));
		fake.emit({ type: 'evaluation-changed', runId: id, change: 'status', status: run.status });
		return run;
	};
	const begin = (name: string): Run => {
		const values = Array.from({ length: 40 }, () => undefined);
		const begun = fakeRun(fake.nextId(), name, [{ model: 'small', version: 1, values }], { repeatable: 'unknown' });
		state.all.unshift(begun);
		return begun.run;
	};
	return {
		configFile: {
			write: evaluations.configFile.write.handler(unscripted),
			read: evaluations.configFile.read.handler(unscripted),
			resolve: evaluations.configFile.resolve.handler(unscripted),
		},
		estimate: evaluations.estimate.handler(() => {
			if (state.refusal !== null) throw new Failure(state.refusal);
			return state.estimate;
		}),
		scoreByHand: evaluations.scoreByHand.handler(() => ({ before: null })),
		preview: evaluations.preview.handler(({ input }) => {
			const version = fake.data.prompts.versions.find(({ id }) => id === input.promptVersionId);
			const technique = input.techniques[input.technique];
			if (version === undefined || technique === undefined) throw new Error('nothing to ask');
			const sampleOf = (position: number) => {
				const [text, target] = ticketOf(position);
				return { input: text, target, choices: ['billing', 'delivery'], variables: { ticket: text }, metadata: {} };
			};
			const shots = 'shots' in technique ? technique.shots : 0;
			const examples = Array.from({ length: shots }, (_, index) => sampleOf(40 + index));
			const sample = sampleOf(input.position);
			return {
				key: `T-${input.position}`,
				target: sample.target,
				last: input.position >= 9,
				examples: examples.map((_, index) => `T-${40 + index}`),
				request: buildRequests({ version, technique, sample, examples }),
			};
		}),
		tryExtraction: evaluations.tryExtraction.handler(({ input }) => {
			const [first] = state.all;
			if (first === undefined) return { arms: [], source: null, rows: [] };
			return {
				arms: ['v4', 'v5'].map((label, index) => ({
					armId: index + 1,
					run: { id: first.run.id, name: first.run.name },
					label,
					tried: 100,
					found: index === 0 ? 100 : 98,
				})),
				source: input.source === 'all' || input.source === 1 ? input.source : 2,
				rows: [3, 1, 2, 4].map((position) => ({
					armId: 2,
					key: `T-${position}`,
					output: `The customer writes about money. Answer: ${ticketOf(position)[1]}`,
					answer: position === 3 ? null : ticketOf(position)[1],
					target: ticketOf(position)[1],
				})),
			};
		}),
		start: evaluations.start.handler(({ input }) => begin(input.name || 'Tickets')),
		list: evaluations.list.handler(({ input }) => {
			if (state.failure !== null) throw new Failure(state.failure);
			const runs = state.all.map(({ run }) => run).filter(({ deletedAt }) => (deletedAt !== null) === input.trash);
			return { runs, next: null };
		}),
		get: evaluations.get.handler(({ input }) => find(input.id).run),
		rename: evaluations.rename.handler(({ input }) => change(input.id, { name: input.name })),
		rows: evaluations.rows.handler(({ input }) => fakeRows(state.all, input)),
		chatUse: evaluations.chatUse.handler(() => ({
			systemPrompt: '',
			prompt: null,
			contextSize: null,
			temperature: null,
			differences: [{ kind: 'columns', names: ['subject'] }],
		})),
		row: evaluations.row.handler(({ input }) => detailOf(state.all, input.arms, input.position)),
		pause: evaluations.pause.handler(({ input }) => change(input.id, { status: 'paused' })),
		resume: evaluations.resume.handler(({ input }) => change(input.id, { status: 'running', failure: null })),
		retry: evaluations.retry.handler(({ input }) => change(input.id, { status: 'running' })),
		cancel: evaluations.cancel.handler(({ input }) => change(input.id, { status: 'cancelled' })),
		remove: evaluations.remove.handler(({ input }) => change(input.id, { deletedAt: Date.now() })),
		restore: evaluations.restore.handler(({ input }) => change(input.id, { deletedAt: null })),
		erase: evaluations.erase.handler(unscripted),
		planMark: evaluations.planMark.handler(({ input }) => {
			const { done, errors } = find(input.id).run.progress;
			const outputs = done - errors;
			const judged = outputs * input.scorers.filter(({ kind }) => kind === 'judge').length;
			return { outputs, failed: errors, missing: 0, judged, words: '', warnings: state.estimate.warnings };
		}),
		mark: evaluations.mark.handler(({ input }) => begin(`${find(input.id).run.name} (re-scored)`)),
		repeat: evaluations.repeat.handler(({ input }) => begin(find(input.id).run.name)),
		selfTest: evaluations.selfTest.handler(({ input }) => {
			const { name } = find(input.id).run;
			return buildJob({
				kind: 'evaluation',
				title: name,
				unit: 'samples',
				id: `test-${input.id}`,
				done: 8,
				total: 32,
			});
		}),
		setBaseline: evaluations.setBaseline.handler(({ input }) => change(input.id, { baseline: input.baseline })),
		compare: evaluations.compare.handler(({ input }) => fakeComparison(state.all, input.arms, state.unfair)),
		export: evaluations.export.handler(({ input }) => ({
			fileName: `run-${input.id}.${input.format === 'csv' ? 'csv' : 'json'}`,
			text: JSON.stringify(find(input.id).run),
			next: null,
		})),
	};
}

function detailOf(runs: readonly FakeRun[], armIds: readonly number[], position: number): RowDetail {
	const found = armIds.flatMap((id) =>
		runs.flatMap(({ run, arms }) => arms.filter(({ arm }) => arm.id === id).map((one) => ({ ...one, run }))),
	);
	const [input, target] = ticketOf(position);
	return {
		position,
		epoch: 0,
		sample: {
			id: position + 1,
			key: `T-${1000 + position}`,
			input,
			target,
			choices: [],
			variables: {},
			cluster: null,
			split: 'test',
			tags: [position % 3 === 0 ? 'urgent' : 'routine'],
			messageId: position === 2 ? 7 : null,
		},
		answers: found.map((one) => answerOf(one, one.run.id, position)),
	};
}

/** A call with its result, one that went wrong, and the answer in words. */
const toolRounds: Answer['rounds'] = [
	{
		message: 0,
		text: 'I look the order up first.',
		calls: [
			{
				name: 'get_order',
				arguments: '{"order_id":"A-410"}',
				result: '{"order":"A-410","status":"delivered"}',
				isError: false,
			},
			{
				name: 'track_parcel',
				arguments: '{"tracking_number":"JD-0"}',
				result: 'Nothing is known for these arguments.',
				isError: true,
			},
		],
		promptTokens: 214,
		completionTokens: 31,
	},
	{ message: 0, text: 'Order A-410 was delivered.', calls: [], promptTokens: 262, completionTokens: 9 },
];

/** Two passages, of which one is expected, and a source that was missed. */
function lookedUpFor(position: number): NonNullable<Answer['lookedUp']> {
	const heading = ['Returns', 'Deadlines'];
	const place = { page: 3, whole: false };
	return {
		passages: [
			{ ...place, number: 1, title: 'Terms of sale.pdf', heading, isExpected: true, text: returnTerms },
			{
				...place,
				number: 2,
				title: 'Opening hours.md',
				heading: [],
				page: null,
				isExpected: false,
				text: openingHours,
			},
		],
		missed:
			position % 2 === 0 ? [{ document: 'Delivery.md', page: null, quote: 'Parcels arrive within four days.' }] : [],
	};
}

const returnTerms =
	'Goods can be returned within 21 days of delivery, if they are unused. The customer pays the postage unless the goods were damaged or not as described.';
const openingHours = 'The counter is open from nine to five, on Saturdays until noon.';

function answerOf({ arm, values }: FakeArm, runId: number, position: number): Answer {
	const value = values[position];
	const [input] = ticketOf(position);
	const examples =
		arm.technique.kind === 'few-shot'
			? '\n\nInput: The parcel is two weeks late\nOutput: { "topic": "shipping", "urgent": true }'
			: '';
	const answered = value !== undefined;
	return {
		armId: arm.id,
		label: arm.label,
		runId,
		position,
		status: answered ? 'done' : null,
		failure: null,
		promptProblem: null,
		...(arm.context?.documents === undefined ? {} : { lookedUp: lookedUpFor(position) }),
		turns: [
			{
				role: 'system',
				content: `Sort the ticket. Reply with one JSON object.${arm.prompt.number > 4 ? ' Say in a few words what it is about.' : ''}${examples}`,
			},
			{ role: 'user', content: input },
		],
		output: answered ? outputOf(arm, value, position) : '',
		rounds: answered && arm.technique.kind === 'tools' ? toolRounds : [],
		votes: [],
		choices: [],
		answer: answered ? outputOf(arm, value, position) : null,
		scores: answered
			? [
					{
						scorer: 'fields',
						value: value ?? null,
						explanation: value === 1 ? '' : value === 0 ? '2 fields wrong' : 'No JSON object in it.',
					},
				]
			: [],
		promptTokens: arm.prompt.number > 4 ? 214 : 61,
		cachedTokens: 0,
		completionTokens: answered ? 24 : 0,
		stopReason: answered ? 'end' : null,
		ms: answered ? 1_310 : null,
		seed: 7,
	};
}
